/** The schema of an aggregate report (RFC 9990 §3.1.1 and Appendix A), and a reader strict enough to hold XML against it. */

interface Node {
  readonly name: string;
  readonly children: Node[];
  text: string;
}

interface Rule {
  /** Name and how often: `1`, `?`, `*` or `+`. In this order where the RFC says so. */
  readonly children?: readonly (readonly [name: string, often: '1' | '?' | '*' | '+'])[];
  readonly ordered?: true;
  readonly text?: RegExp;
}

const policy = /^(none|quarantine|reject)$/;
const anything = /^[^<>]*$/;
const something = /^[^<>]+$/;
const seconds = /^\d+$/;
const leaf = (text: RegExp): Rule => ({ text });

/** By path from the root. */
const schema: Readonly<Record<string, Rule>> = {
  feedback: {
    ordered: true,
    children: [
      ['version', '?'],
      ['report_metadata', '1'],
      ['policy_published', '1'],
      ['extension', '?'],
      ['record', '+'],
    ],
  },
  'feedback/version': leaf(/^1\.0$/),
  'feedback/report_metadata': {
    children: [
      ['org_name', '1'],
      ['email', '1'],
      ['extra_contact_info', '?'],
      ['report_id', '1'],
      ['date_range', '1'],
      ['error', '*'],
      ['generator', '?'],
    ],
  },
  'feedback/report_metadata/org_name': leaf(something),
  'feedback/report_metadata/email': leaf(/^[^<>\s]+@[^<>\s]+$/),
  'feedback/report_metadata/extra_contact_info': leaf(anything),
  'feedback/report_metadata/report_id': leaf(/^<?[\w.-]+(@[\w.-]+)?>?$/),
  'feedback/report_metadata/date_range': {
    children: [
      ['begin', '1'],
      ['end', '1'],
    ],
  },
  'feedback/report_metadata/date_range/begin': leaf(seconds),
  'feedback/report_metadata/date_range/end': leaf(seconds),
  'feedback/report_metadata/generator': leaf(anything),
  'feedback/policy_published': {
    children: [
      ['domain', '1'],
      ['discovery_method', '?'],
      ['p', '1'],
      ['sp', '?'],
      ['np', '?'],
      ['fo', '?'],
      ['adkim', '?'],
      ['aspf', '?'],
      ['testing', '?'],
    ],
  },
  'feedback/policy_published/domain': leaf(something),
  'feedback/policy_published/discovery_method': leaf(/^(psl|treewalk)$/),
  'feedback/policy_published/p': leaf(policy),
  'feedback/policy_published/sp': leaf(policy),
  'feedback/policy_published/np': leaf(policy),
  'feedback/policy_published/fo': leaf(/^[01ds](:[01ds])*$/),
  'feedback/policy_published/adkim': leaf(/^[rs]$/),
  'feedback/policy_published/aspf': leaf(/^[rs]$/),
  'feedback/policy_published/testing': leaf(/^[yn]$/),
  'feedback/record': {
    ordered: true,
    children: [
      ['row', '1'],
      ['identifiers', '1'],
      ['auth_results', '1'],
    ],
  },
  'feedback/record/row': {
    children: [
      ['source_ip', '1'],
      ['count', '1'],
      ['policy_evaluated', '1'],
    ],
  },
  'feedback/record/row/source_ip': leaf(/^([\d.]+|[\da-f:.]+)$/),
  'feedback/record/row/count': leaf(/^[1-9]\d*$/),
  'feedback/record/row/policy_evaluated': {
    ordered: true,
    children: [
      ['disposition', '1'],
      ['dkim', '1'],
      ['spf', '1'],
      ['reason', '*'],
    ],
  },
  'feedback/record/row/policy_evaluated/disposition': leaf(/^(none|pass|quarantine|reject)$/),
  'feedback/record/row/policy_evaluated/dkim': leaf(/^(pass|fail)$/),
  'feedback/record/row/policy_evaluated/spf': leaf(/^(pass|fail)$/),
  'feedback/record/row/policy_evaluated/reason': {
    children: [
      ['type', '1'],
      ['comment', '?'],
    ],
  },
  'feedback/record/row/policy_evaluated/reason/type': leaf(
    /^(local_policy|mailing_list|other|policy_test_mode|trusted_forwarder)$/,
  ),
  'feedback/record/row/policy_evaluated/reason/comment': leaf(anything),
  'feedback/record/identifiers': {
    children: [
      ['header_from', '1'],
      ['envelope_from', '?'],
      ['envelope_to', '?'],
    ],
  },
  'feedback/record/identifiers/header_from': leaf(something),
  'feedback/record/identifiers/envelope_from': leaf(anything),
  'feedback/record/auth_results': {
    ordered: true,
    children: [
      ['dkim', '*'],
      ['spf', '?'],
    ],
  },
  'feedback/record/auth_results/dkim': {
    children: [
      ['domain', '1'],
      ['selector', '1'],
      ['result', '1'],
      ['human_result', '?'],
    ],
  },
  'feedback/record/auth_results/dkim/domain': leaf(anything),
  'feedback/record/auth_results/dkim/selector': leaf(anything),
  'feedback/record/auth_results/dkim/result': leaf(/^(none|pass|fail|policy|neutral|temperror|permerror)$/),
  'feedback/record/auth_results/spf': {
    children: [
      ['domain', '1'],
      ['scope', '?'],
      ['result', '1'],
      ['human_result', '?'],
    ],
  },
  'feedback/record/auth_results/spf/domain': leaf(anything),
  'feedback/record/auth_results/spf/scope': leaf(/^mfrom$/),
  'feedback/record/auth_results/spf/result': leaf(/^(none|neutral|pass|fail|softfail|temperror|permerror)$/),
};

/** What is wrong with a report; nothing: it is one. */
export function schemaProblems(xml: string): readonly string[] {
  const root = readXml(xml);
  if (typeof root === 'string') return [root];
  if (!xml.includes('<feedback xmlns="urn:ietf:params:xml:ns:dmarc-2.0">')) return ['another namespace'];
  return problemsOf(root, root.name);
}

function problemsOf(node: Node, path: string): readonly string[] {
  const rule = schema[path];
  if (rule === undefined) return [`${path} is unknown`];
  if (rule.children === undefined) {
    if (node.children.length > 0) return [`${path} has elements`];
    return rule.text?.test(node.text) === true ? [] : [`${path} is ${node.text}`];
  }
  const names = node.children.map(({ name }) => name);
  const often = rule.children.flatMap(([name, count]) => {
    const times = names.filter((one) => one === name).length;
    const fits = times === 0 ? '?*'.includes(count) : times === 1 || '*+'.includes(count);
    return fits ? [] : [`${path}/${name} is there ${times} times`];
  });
  const order = rule.children.map(([name]) => name);
  const places = names.map((name) => order.indexOf(name));
  const inOrder = places.every((place, index) => index === 0 || place >= (places[index - 1] ?? 0));
  const text = node.text.trim() === '' ? [] : [`${path} has text`];
  const disorder = rule.ordered && !inOrder ? [`${path} is out of order`] : [];
  const below = node.children.flatMap((child) => problemsOf(child, `${path}/${child.name}`));
  return [...often, ...text, ...disorder, ...below];
}

/** Elements and text only: a report of ours has nothing else. A string: what is not well-formed. */
function readXml(xml: string): Node | string {
  const top: Node = { name: '', children: [], text: '' };
  const open = [top];
  const body = xml.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, '');
  for (const [token] of body.matchAll(/<[^>]*>|[^<]+/g)) {
    const parent = open.at(-1);
    if (parent === undefined) return 'closed too often';
    const [, slash, name] = /^<(\/?)([a-z_]+)(?: xmlns="[^"]*")?>$/.exec(token) ?? [];
    if (name === undefined) {
      if (token.startsWith('<')) return `not a tag: ${token}`;
      const bare = token.replaceAll(/&(amp|lt|gt|quot|apos);/g, '');
      if (/&/.test(bare)) return `not escaped: ${token}`;
      parent.text += token;
    } else if (slash === '/') {
      if (parent.name !== name) return `${name} closes ${parent.name}`;
      open.pop();
    } else {
      const node: Node = { name, children: [], text: '' };
      parent.children.push(node);
      open.push(node);
    }
  }
  const [root, ...more] = top.children;
  return root === undefined || more.length > 0 || open.length !== 1 ? 'not one root' : root;
}
