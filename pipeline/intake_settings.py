"""Settings of whoever pushes: what may be fetched or asked before a report is sent. All of it is off until a deployment says so."""

from pathlib import Path
from typing import Annotated, Final

from pydantic import Field
from pydantic_settings import BaseSettings

from pipeline.setting_meaning import SettingMeaning, SettingReader

_CLIENT: Final = (SettingReader.CLIENT,)
_HOSTS: Final = r"^(\*|[A-Za-z0-9.*_\-]{1,253})([ ,]+(\*|[A-Za-z0-9.*_\-]{1,253}))*$"


class IntakeSettings(BaseSettings):
    """Read by `enforcement push` alone; the core never fetches and never asks."""

    evidence_hosts: Annotated[
        str | None,
        Field(pattern=_HOSTS),
        SettingMeaning(
            "Hosts from which `push` fetches attachments to hash them, several with commas, such as `files.example.cn, *.example.gov.cn`; `*`: any "
            "public one. Unset: none",
            "push 可从哪些主机下载附件并计算哈希，多个以逗号分隔；* 为任何公网主机；不设则不下载",
            _CLIENT,
        ),
    ] = None
    evidence_networks: Annotated[
        str | None,
        SettingMeaning(
            "Private networks that those hosts may be in, such as `10.20.0.0/16`, several with commas. Unset: public addresses only. Addresses of this "
            "machine's link and of clouds' metadata are never reached",
            "允许下载附件的内网网段，多个以逗号分隔；不设则仅限公网地址。链路本地地址与云元数据地址一律不访问",
            _CLIENT,
        ),
    ] = None
    evidence_bytes_max: Annotated[
        int,
        Field(ge=1, le=2_000_000_000),
        SettingMeaning("The largest attachment that is fetched, bytes", "下载附件的大小上限，字节", _CLIENT),
    ] = 50_000_000
    evidence_timeout_s: Annotated[
        float,
        Field(gt=0, le=600),
        SettingMeaning(
            "How long an attachment may take, redirects and all", "下载一个附件的时限，含重定向", _CLIENT
        ),
    ] = 15.0

    model_url: Annotated[
        str | None,
        Field(pattern=r"^https?://\S{1,500}$"),
        SettingMeaning(
            "A language model of the deployment's own, spoken to as OpenAI's API is, such as `http://10.20.0.7:8000/v1`: `push` asks it what an order without a "
            "matter is about, and sends its ranking along. Unset: none is asked",
            "本单位自有大模型的接口地址（兼容 OpenAI），push 就未注明事项的工单询问其类别，并随工单附上；不设则不询问",
            _CLIENT,
        ),
    ] = None
    model_name: Annotated[
        str, Field(min_length=1, max_length=200), SettingMeaning("Which model is asked", "模型名称", _CLIENT)
    ] = "default"
    model_key_file: Annotated[
        Path | None,
        SettingMeaning("The file of the key that the model asks for", "模型接口密钥文件", _CLIENT),
    ] = None
    model_timeout_s: Annotated[
        float,
        Field(gt=0, le=120),
        SettingMeaning(
            "How long the model may take for an order; without an answer it is pushed as it is",
            "模型答复一件工单的时限，逾时照常推送",
            _CLIENT,
        ),
    ] = 5.0
