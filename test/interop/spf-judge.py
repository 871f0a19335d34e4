"""Judges SPF cases by Debian's python3-spf: a JSON list on standard input, one list of verdicts on standard output.

A case is {"ip", "helo", "sender", "zone": {name: {type: [data] or "servfail"} or "servfail"}}; MX data are "10 host".
"""
import json
import sys

import spf

zone = {}


def records(name, qtype, *_):
    entry = zone.get(name.rstrip('.').lower(), {})
    found = entry if isinstance(entry, str) else entry.get(qtype, [])
    if found in ('servfail', 'timeout'):
        raise spf.TempError('DNS ' + found)
    if isinstance(found, str):
        return []
    return [((name, qtype), data(qtype, one)) for one in found]


def data(qtype, text):
    if qtype == 'TXT':
        return (text.encode('latin1'),)
    if qtype == 'MX':
        preference, exchange = text.split(' ')
        return (int(preference), exchange)
    return text


spf.DNSLookup = records
verdicts = []
for case in json.load(sys.stdin):
    zone = case['zone']
    query = spf.query(case['ip'], case['sender'], case['helo'], receiver='us.example', strict=True)
    query.set_default_explanation('DEFAULT')
    result, _, text = query.check()
    verdicts.append({'result': result, 'text': text})
print(json.dumps(verdicts))
