"""申请与审批: what one person asks for and another decides, and when a request lapses."""
