"""What people are shown: sentences by code in Dutch and English, the START page, the panel, the label. Pure."""
