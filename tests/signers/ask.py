# SPDX-License-Identifier: MIT
"""python3 ask.py visage_url.py table.json: the URL or grant of each row on a line, "-" for a refused one."""

import importlib.util
import json
import sys

sys.dont_write_bytecode = True
spec = importlib.util.spec_from_file_location("visage_url", sys.argv[1])
visage_url = importlib.util.module_from_spec(spec)
spec.loader.exec_module(visage_url)

with open(sys.argv[2], encoding="utf-8") as file:
    table = json.load(file)
for row in table["rows"]:
    if "user" in row:
        key = table["keys"][row["source"]]
        options = {k: row[k] for k in ("expires", "max_bytes")}
        try:
            print(visage_url.upload_grant(key, row["source"], row["user"], **options))
        except ValueError:
            print("-")
        continue
    options = {k: row[k] for k in ("preset", "size", "dpr", "format", "version", "expires")}
    options["info"] = row.get("info", False)
    try:
        visage = visage_url.VisageUrl(row["base"] + row["prefix"], table["keys"].get(row["source"]))
        print(visage.url(row["source"], row["id"], **options))
    except ValueError:
        print("-")
