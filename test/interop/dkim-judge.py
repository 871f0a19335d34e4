"""Signs, seals and verifies messages with Debian's python3-dkim: a JSON list of jobs on standard input, one answer each.

Octets are latin1 text. Jobs: {"do": "verify" | "arc-verify", "message", "zone": {name: record}} and
{"do": "sign" | "seal", "message", "domain", "selector", "key", ...}; answers are the verdict, or the new fields.
"""
import json
import sys

import dkim


def octets(text):
    return text.encode('latin1')


def resolver(zone):
    def ask(name, timeout=5):
        return octets(zone.get(name.decode('latin1').rstrip('.').lower(), '')) or None
    return ask


def verify(job):
    judge = dkim.DKIM(octets(job['message']))
    count = sum(1 for name, _ in judge.headers if name.lower() == b'dkim-signature')
    verdicts = []
    for index in range(count):
        try:
            verdicts.append(bool(dkim.DKIM(octets(job['message'])).verify(idx=index, dnsfunc=resolver(job['zone']))))
        except dkim.DKIMException:
            verdicts.append(False)
    return verdicts


def arc_verify(job):
    result, _, _ = dkim.arc_verify(octets(job['message']), dnsfunc=resolver(job['zone']))
    return (result or b'').decode('latin1')


def sign(job):
    return dkim.sign(
        octets(job['message']), octets(job['selector']), octets(job['domain']), octets(job['key']),
        canonicalize=tuple(octets(form) for form in job['forms']), length=job['length'],
        signature_algorithm=octets(job['algorithm'])).decode('latin1')


def seal(job):
    fields = dkim.arc_sign(
        octets(job['message']), octets(job['selector']), octets(job['domain']), octets(job['key']),
        octets(job['domain']))
    return b''.join(fields).decode('latin1')


acts = {'verify': verify, 'arc-verify': arc_verify, 'sign': sign, 'seal': seal}
print(json.dumps([acts[job['do']](job) for job in json.load(sys.stdin)]))
