"""Writes files, but only those whose text has changed, so that a build repeats no work."""

import os


def write_all(folder, files):
    for path, text in files.items():
        write_if_changed(os.path.join(folder, path), text)


def replace_folders(folder, files):
    """Like write_all, but removes what else is in the folders: it comes from an earlier notation."""
    write_all(folder, files)
    for sub in {os.path.dirname(path) for path in files}:
        for name in os.listdir(os.path.join(folder, sub)):
            if f"{sub}/{name}" not in files:
                os.remove(os.path.join(folder, sub, name))


def write_if_changed(path, text):
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    try:
        with open(path, encoding="utf-8") as existing:
            if existing.read() == text:
                return
    except FileNotFoundError:
        pass
    with open(path, "w", encoding="utf-8") as target:
        target.write(text)
