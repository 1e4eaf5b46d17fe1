"""What a deployment may set, read once from the environment as `ENFORCEMENT_<NAME>`. Nothing is decided in this module.

Each field carries its meaning in English and Chinese and who reads it: `docs/settings.md` is made from them. Times are seconds
unless the name says otherwise. The rules of the field (deadlines, teams, windows) are no settings: they are data in `rules/`.
"""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from pipeline.intake_settings import IntakeSettings
from pipeline.setting_meaning import SettingMeaning, SettingReader
from schemas.topics import prefixed

CALLER_KEY_BYTES_MIN: Final = 32
_PROJECT: Final = Path(__file__).resolve().parent.parent
_EVERYBODY: Final = (SettingReader.WORKER, SettingReader.TOPICS, SettingReader.CLIENT, SettingReader.AUDIT)
_NOTIFY: Final = (SettingReader.NOTIFY,)
_WEB: Final = r"^https?://\S{1,500}$"
_Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9._\-]{1,64}$")]


class Settings(IntakeSettings):
    """One deployment. Every worker of a deployment has the same brokers, prefix, application id and caller key."""

    model_config = SettingsConfigDict(
        env_prefix="ENFORCEMENT_", frozen=True, extra="ignore", hide_input_in_errors=True
    )

    brokers: Annotated[
        str,
        SettingMeaning(
            "Kafka's addresses, host:port, several with commas. Unset, commands, workers and audit use the embedded broker "
            "of this machine if one runs",
            "Kafka 地址 host:port，多个以逗号分隔；不设则用本机内嵌 Kafka",
            (*_EVERYBODY, SettingReader.DEMO),
        ),
    ] = "127.0.0.1:9092"
    topic_prefix: Annotated[
        str,
        Field(pattern=r"^[A-Za-z0-9._\-]{0,64}$"),
        SettingMeaning(
            "Stands before every topic name: several deployments may share brokers", "主题名前缀", _EVERYBODY
        ),
    ] = ""
    app_id: Annotated[
        _Name,
        SettingMeaning(
            "The consumer group, and the first part of each partition's transactional id",
            "消费组与事务编号前缀",
        ),
    ] = "enforcement"
    instance_id: Annotated[
        _Name | None,
        SettingMeaning(
            "Of this worker, unlike every other's: with it a restart within the session timeout moves no partition",
            "本进程的固定编号，重启不触发再均衡",
        ),
    ] = None
    partitions: Annotated[
        int,
        Field(ge=1, le=10_000),
        SettingMeaning(
            "Of every topic, for ever: a street must never move to another partition",
            "各主题分区数，建成后不可改",
            (SettingReader.WORKER, SettingReader.TOPICS),
        ),
    ] = 4
    replication: Annotated[
        int | None,
        Field(ge=1, le=10),
        SettingMeaning(
            "Copies of every topic; unset: as many as the brokers' own `default.replication.factor` says",
            "主题副本数；不设则按 Kafka 的 default.replication.factor",
            (SettingReader.TOPICS,),
        ),
    ] = None

    rules_dir: Annotated[
        Path,
        SettingMeaning(
            "The folder of the rules that decide; default: `rules/` of this project",
            "规则目录，默认为本项目 rules/",
            (
                SettingReader.WORKER,
                SettingReader.AUDIT,
                SettingReader.RULES,
                SettingReader.NOTIFY,
                SettingReader.DEMO,
            ),
        ),
    ] = _PROJECT / "rules"
    data_dir: Annotated[
        Path,
        SettingMeaning(
            "The folder of the caller key, of the rules that workers archive, of the state that they keep when the log loses it, and of the "
            "audit's checkpoint",
            "数据目录，存放来电人密钥、规则存档、日志丢失状态时所存的状态与审计检查点",
            (SettingReader.WORKER, SettingReader.AUDIT),
        ),
    ] = Path(".enforcement")
    caller_key: Annotated[
        SecretStr | None,
        SettingMeaning(
            f"Keys the tokens that stand for callers, at least {CALLER_KEY_BYTES_MIN} bytes; unset: `caller_key_file`",
            "来电人代号的密钥，不少于 32 字节",
            (SettingReader.WORKER, SettingReader.AUDIT),
        ),
    ] = None
    caller_key_file: Annotated[
        Path | None,
        SettingMeaning(
            "Its file; default: `caller.key` in `data_dir`, made once. Several workers need the same file",
            "密钥文件，默认为数据目录下 caller.key，多个进程须用同一文件",
            (SettingReader.WORKER, SettingReader.AUDIT),
        ),
    ] = None
    caller_key_replaces: Annotated[
        str | None,
        Field(pattern=r"^k1-[0-9a-f]{16}$"),
        SettingMeaning(
            "The fingerprint of a key that is lost or given up: a worker goes on with another key where the log names this one",
            "已停用密钥的指纹：日志所记为此密钥时，允许改用新密钥继续",
        ),
    ] = None

    batch_records_max: Annotated[
        int,
        Field(ge=1, le=10_000),
        SettingMeaning("Records in one transaction, at most", "每个事务的记录上限"),
    ] = 1_000
    batch_decide_ms_max: Annotated[
        int,
        Field(ge=1, le=2_000),
        SettingMeaning(
            "Milliseconds of deciding after which a batch ends, far below the transaction timeout; meanwhile other "
            "partitions wait",
            "每批决策的毫秒上限",
        ),
    ] = 100
    read_back: Annotated[
        bool,
        SettingMeaning(
            "Whether each case snapshot is read as a restore would before it is written: one that cannot be read would "
            "close its partition for ever. Costs about 25 µs a case; the laws of tests/core prove it of every output instead",
            "写出前是否回读案件快照",
        ),
    ] = False
    inbox_records_max: Annotated[
        int,
        Field(ge=1, le=100_000),
        SettingMeaning(
            "A partition with so many records waiting is not fetched", "每分区待处理记录上限，到限暂停拉取"
        ),
    ] = 4_000
    tick_s: Annotated[
        float,
        Field(gt=0, le=1),
        SettingMeaning(
            "The longest an idle partition waits before it looks for due timers", "空闲分区检查定时器的间隔"
        ),
    ] = 1.0

    settle_s: Annotated[
        float,
        Field(ge=0, le=10),
        SettingMeaning(
            "A timer fires so long after it is due: what arrived just before is readable by then, and comes first",
            "定时器到点后等待的秒数，让到点前到达的记录先处理",
        ),
    ] = 0.25
    clock_offset_max_s: Annotated[
        float,
        Field(gt=0, le=3_600),
        SettingMeaning(
            "A worker whose clock differs from the brokers' by more stops (exit code 71)",
            "本机时钟与 Kafka 时钟允许的最大偏差（秒），超过即退出（退出码 71）",
        ),
    ] = 5.0

    session_timeout_s: Annotated[
        float,
        Field(ge=1, le=300),
        SettingMeaning(
            "A worker silent for so long has lost its partitions: 6 s is the least that brokers allow by default",
            "失联判定时间，6 秒为 Kafka 默认下限",
        ),
    ] = 6.0
    heartbeat_s: Annotated[
        float, Field(gt=0, le=100), SettingMeaning("Between two heartbeats", "心跳间隔")
    ] = 1.5
    rebalance_timeout_s: Annotated[
        float,
        Field(ge=1, le=300),
        SettingMeaning("The longest the group waits for a member in a rebalance", "再均衡等待成员的上限"),
    ] = 30.0
    transaction_timeout_ms: Annotated[
        int,
        Field(ge=1_000, le=60_000),
        SettingMeaning(
            "Milliseconds after which the broker ends an open transaction",
            "事务超时（毫秒）",
            (SettingReader.WORKER, SettingReader.AUDIT),
        ),
    ] = 10_000
    compression: Annotated[
        Literal["none", "gzip", "lz4"],
        SettingMeaning(
            "How the worker packs what it writes; lz4 only where every reader of the outputs has it",
            "输出的压缩方式；仅当所有下游均装有 lz4 时才用 lz4",
        ),
    ] = "none"
    commit_slow_s: Annotated[
        float,
        Field(gt=0),
        SettingMeaning(
            "A commit slower than this, and than four times what is usual at present, gets a new producer, even if it succeeded",
            "提交过慢阈值：超过此值且超过近期常值的四倍，即使成功也更换生产者",
        ),
    ] = 1.0
    stall_s: Annotated[
        float,
        Field(gt=0),
        SettingMeaning(
            "An open partition with records left and no progress for so long stops the worker",
            "分区无进展的时限，超过则进程退出",
        ),
    ] = 30.0
    stop_s: Annotated[
        float,
        Field(gt=0),
        SettingMeaning(
            "The worker is gone so long after SIGTERM, whatever happens", "收到 SIGTERM 后退出的时限"
        ),
    ] = 10.0

    http_host: Annotated[
        str,
        SettingMeaning(
            "Of /livez, /readyz and /metrics",
            "监控页面地址",
            (SettingReader.WORKER, SettingReader.AUDIT, SettingReader.NOTIFY),
        ),
    ] = "127.0.0.1"
    http_port: Annotated[
        int,
        Field(ge=0, le=65_535),
        SettingMeaning("Of the same; 0 takes a free one", "监控页面端口，0 为任选"),
    ] = 6066
    status_file: Annotated[
        Path | None,
        SettingMeaning(
            "Where the worker writes its process id and HTTP port, as JSON, once it serves",
            "状态文件：进程号与端口",
        ),
    ] = None

    audit_checkpoint_file: Annotated[
        Path | None,
        SettingMeaning(
            "Where the audit keeps how far it has seen the log; default: a file of this cluster and topic prefix in `data_dir`",
            "审计检查点文件，记录审计所见日志的进度，默认在数据目录下按集群与主题前缀命名",
            (SettingReader.AUDIT,),
        ),
    ] = None
    audit_checkpoint_key: Annotated[
        SecretStr | None,
        SettingMeaning(
            "Signs that file, and is asked for whenever it is read; does not lie where the file does",
            "检查点文件的签名密钥，读取时须验签",
            (SettingReader.AUDIT,),
        ),
    ] = None
    notify_wecom: Annotated[
        SecretStr | None,
        SettingMeaning(
            "Robots of WeCom that alerts go to: an address for every audience, or AUDIENCE=ADDRESS, several with spaces; audiences "
            "are the receivers of `rules/objectives.yaml`",
            "告警发往的企业微信群机器人：一个地址，或 对象=地址，多个以空格分隔",
            _NOTIFY,
        ),
    ] = None
    notify_dingtalk: Annotated[
        SecretStr | None,
        SettingMeaning(
            "The same for DingTalk; the signing secret stands after a # at the end of the address",
            "钉钉群机器人，同上；加签密钥写在地址末尾 # 之后",
            _NOTIFY,
        ),
    ] = None
    notify_feishu: Annotated[
        SecretStr | None,
        SettingMeaning(
            "The same for Feishu, the signing secret after a #",
            "飞书群机器人，同上；签名密钥写在 # 之后",
            _NOTIFY,
        ),
    ] = None
    notify_mail: Annotated[
        str | None,
        SettingMeaning(
            "Mail addresses, several with commas, for every audience or as AUDIENCE=ADDRESS,ADDRESS; needs `notify_smtp`",
            "告警邮件收件人，多个以逗号分隔，可写 对象=地址；须设 notify_smtp",
            _NOTIFY,
        ),
    ] = None
    notify_smtp: Annotated[
        SecretStr | None,
        SettingMeaning(
            "smtps://user:password@host:465, or smtp:// where encryption begins if the server offers it; no password goes unencrypted",
            "邮件服务器地址，smtps:// 全程加密，smtp:// 视服务器支持加密；不明文发送密码",
            _NOTIFY,
        ),
    ] = None
    notify_mail_from: Annotated[str, SettingMeaning("The sender of mail", "发件人", _NOTIFY)] = (
        "enforcement@localhost"
    )
    notify_language: Annotated[
        Literal["zh", "en"], SettingMeaning("Of the messages", "告警消息的语言", _NOTIFY)
    ] = "zh"
    notify_runbooks: Annotated[
        str | None,
        Field(pattern=_WEB),
        SettingMeaning(
            "Where the folder `docs/runbooks` is served: makes the links in messages whole",
            "处置手册目录的网址，消息中的链接由此补全",
            _NOTIFY,
        ),
    ] = None
    notify_boards: Annotated[
        str | None,
        Field(pattern=_WEB),
        SettingMeaning("Grafana's address, for a link to the board", "Grafana 网址，消息附看板链接", _NOTIFY),
    ] = None
    notify_timeout_s: Annotated[
        float,
        Field(gt=0, le=60),
        SettingMeaning("How long a channel may take to answer", "渠道应答时限", _NOTIFY),
    ] = 10.0

    clock_origin: Annotated[
        datetime | None,
        SettingMeaning(
            "With it the worker's clock shows origin + (now - started) × speed: for demonstrations and what-if runs",
            "虚拟时钟起点，仅用于演示与推演",
            (SettingReader.WORKER, SettingReader.AUDIT),
        ),
    ] = None
    clock_started: Annotated[
        float | None,
        SettingMeaning(
            "Seconds since the epoch of the real clock at which the virtual clock showed `clock_origin`",
            "虚拟时钟对应的实际时刻",
        ),
    ] = None
    clock_speed: Annotated[
        float,
        Field(gt=0, le=1_000_000),
        SettingMeaning("How many times faster than real time", "虚拟时钟倍速"),
    ] = 1.0

    log_level: Annotated[
        Literal["DEBUG", "INFO", "WARNING", "ERROR"],
        SettingMeaning(
            "The least grade that is logged",
            "日志级别",
            (SettingReader.WORKER, SettingReader.AUDIT, SettingReader.NOTIFY),
        ),
    ] = "INFO"
    log_format: Annotated[
        Literal["plain", "json"],
        SettingMeaning(
            "Lines for people or for programs: with json all that worker and `audit --watch` write is JSON, one object a line",
            "日志格式；json 时处理进程与 audit --watch 只写 JSON，每行一个",
            (SettingReader.WORKER, SettingReader.AUDIT, SettingReader.NOTIFY),
        ),
    ] = "plain"

    @property
    def answer_s(self) -> float:
        """How long a broker may take for an answer, seconds: two that are asked one after the other fit into a session."""
        return max(1.5, self.session_timeout_s / 3)

    def topic(self, name: str) -> str:
        """The contract's topic `name` as it is called on this deployment's brokers."""
        return prefixed(name, self.topic_prefix)

    def contract_name(self, topic: str) -> str:
        """The contract's name of a topic of this deployment."""
        return topic.removeprefix(self.topic_prefix)
