"""Takes alerts from Alertmanager and hands them to people: robots of WeCom, DingTalk and Feishu, and mail. Knows no Kafka."""
