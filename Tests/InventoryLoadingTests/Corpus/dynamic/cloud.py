#!/usr/bin/env python3
import json
import sys

if sys.argv[1:] != ["--list"]:
    sys.exit("only --list is expected")
print(json.dumps({
    "tag_Role_web": {"hosts": ["i-0a1", "i-0b2"], "vars": {"role": "web"}},
    "tag_Role_db": {"hosts": ["i-0c3"]},
    "us-east-1": {"children": ["us-east-1a", "us-east-1b"], "vars": {"region": "us-east-1", "zones": 2}},
    "us-east-1a": {"hosts": ["i-0a1"]},
    "us-east-1b": {"hosts": ["i-0b2", "i-0c3"]},
    "empty": {},
    "_meta": {"hostvars": {
        "i-0a1": {"ansible_host": "198.51.100.1", "tags": {"Name": "wéb 1", "Cost": None}, "weight": 1.5, "spot": False},
        "i-0b2": {"ansible_host": "198.51.100.2", "disks": [{"size": 10, "unsafe": {"__ansible_unsafe": "{{ x }}"}}]},
        "i-gone": {"ansible_host": "198.51.100.9"},
    }},
}, indent=2))
