"""The ends of names by which systems decide what a double click does; lower case, without the dot."""

# fmt: off
PROGRAMS = frozenset({
    "air", "apk", "appimage", "appinstaller", "application", "appref-ms", "appx", "appxbundle", "class", "com",
    "cpl", "crx", "deb", "dex", "dll", "drv", "dylib", "efi", "elf", "exe", "flatpak", "gadget", "ipa", "jar",
    "jnlp", "mpkg", "msi", "msix", "msixbundle", "msp", "mst", "msu", "ocx", "pif", "pkg", "pyd", "rpm", "run",
    "scr", "snap", "so", "sys", "vsto", "wll", "xbap", "xll", "xpi",
})
"""Of programs."""

SCRIPTS = frozenset({
    "accde", "action", "ade", "adp", "applescript", "bat", "chm", "cmd", "command", "diagcab", "flatpakref",
    "hlp", "hta", "inf", "job", "jse", "mde", "mobileconfig", "msc", "msh", "ps1", "ps1xml", "ps2", "psc1",
    "psc2", "psd1", "psm1", "reg", "scf", "scpt", "scptd", "sct", "settingcontent-ms", "shb", "shs", "terminal",
    "tool", "vb", "vbe", "vbs", "workflow", "ws", "wsc", "wsf", "wsh",
})
"""Of what a double click carries out, or takes into the system."""

AMBIGUOUS = frozenset({
    "action", "application", "class", "com", "command", "deb", "drv", "hlp", "inf", "job", "pkg", "run", "snap",
    "so", "sys", "tool", "vb", "workflow", "ws",
})
"""Those of programs and scripts that documents have too: they count only where nothing is known of the content."""

SOURCES = frozenset({
    "ahk", "au3", "bash", "csh", "fish", "js", "kix", "ksh", "lua", "mjs", "nsh", "phar", "php", "pl", "pm", "py",
    "pyc", "pyw", "pyz", "pyzw", "rb", "sh", "tcl", "zsh",
})
"""Of programs that are texts, which people also read."""

IMAGES = frozenset({
    "dmg", "img", "iso", "nrg", "sparseimage", "toast", "udf", "vdi", "vhd", "vhdx", "vmdk", "wim",
})
"""Of whole disks in a file."""

WITH_MACROS = frozenset({
    "docm", "dotm", "potm", "ppam", "ppsm", "pptm", "sldm", "xla", "xlam", "xlsm", "xltm",
})
"""Of documents that are called otherwise when there are no macros in them."""

DOCUMENTS = frozenset({
    "avi", "bmp", "csv", "doc", "docm", "docx", "eml", "epub", "gif", "heic", "htm", "html", "jpeg", "jpg", "m4a",
    "md", "mov", "mp3", "mp4", "msg", "odp", "ods", "odt", "pdf", "png", "ppt", "pptx", "rtf", "svg", "tif",
    "tiff", "txt", "wav", "webp", "xls", "xlsm", "xlsx", "zip",
})
"""Of what programs pretend to be."""
# fmt: on

READ = frozenset({"txt", "text", "md", "rst", "log", "asc", "csv"})
"""Of texts that every system shows and none carries out, whatever they say."""

HARMFUL = PROGRAMS | SCRIPTS | {"js", "lnk", "py", "sh", "iqy", "slk"}
"""Of what may not be hidden in a document or behind another end."""

IN_ARCHIVES = HARMFUL - AMBIGUOUS - {"py", "sh", "js", "slk"}
"""Of what makes an archive one of programs; a saved page has scripts of its own."""
