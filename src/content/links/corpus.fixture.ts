/** A message and the hosts that it leads to, no more and no fewer (P-27). */
export interface LinkCase {
  readonly name: string;
  readonly message: Buffer;
  readonly hosts: readonly string[];
}

type Row = readonly [name: string, content: string, ...hosts: string[]];

export function mail(text: string): Buffer {
  return Buffer.from(text.replaceAll(/\r?\n/g, '\r\n'));
}

function cases(rows: readonly Row[], wrap: (content: string) => Buffer): readonly LinkCase[] {
  return rows.map(([name, content, ...hosts]) => ({ name, message: wrap(content), hosts }));
}

const plain = (body: string): Buffer => mail(`Content-Type: text/plain; charset=utf-8\n\n${body}\n`);
const html = (body: string): Buffer => mail(`Content-Type: text/html; charset=utf-8\n\n${body}\n`);
const raw = (text: string): Buffer => mail(text);

const words: readonly Row[] = [
  ['plain', 'see http://www.evil.com/path now', 'evil.com'],
  ['https, port, query, end of a sentence', 'see https://a.b.evil.co.uk:8443/x?y#z.', 'evil.co.uk'],
  ['angle brackets', 'see <http://evil.com/x>', 'evil.com'],
  ['RFC 3986 appendix C', 'see <URL:http://evil.com/x>', 'evil.com'],
  ['broken into lines between angle brackets', 'see <http://ev\nil.com/lo\nng>', 'evil.com', 'il.com'],
  [
    'round, square and curly brackets',
    '(http://a.com) [http://b.com] {http://c.com}',
    'a.com',
    'b.com',
    'c.com',
  ],
  ['markdown', '[bank](http://evil.com/x)', 'evil.com'],
  [
    'quotes of all kinds',
    "“http://a.com” «http://b.com» 'http://c.com' `http://d.com`",
    'a.com',
    'b.com',
    'c.com',
    'd.com',
  ],
  ['comma and semicolon lists', 'http://a.com,http://b.com;http://c.com', 'a.com', 'b.com', 'c.com'],
  ['two that grew together', 'http://evil.com/http://worse.com/', 'evil.com', 'worse.com'],
  ['upper case', 'HTTP://EVIL.COM/X', 'evil.com'],
  ['ftp', 'ftp://evil.com/x', 'evil.com'],
  ['no slashes', 'http:evil.com/x', 'evil.com'],
  ['one slash', 'http:/evil.com', 'evil.com'],
  ['many slashes', 'http:////evil.com', 'evil.com'],
  ['back slashes', 'http:\\\\evil.com\\x', 'evil.com'],
  ['no colon', 'http//evil.com/x', 'evil.com'],
  ['user-info', 'http://bank.com@evil.com/ http://bank.com:pw@worse.com/', 'evil.com', 'worse.com'],
  ['user-info with a slash that is none', 'http://bank.com%2f@evil.com/', 'evil.com'],
  ['back slash before the at sign', 'http://evil.com\\@bank.com/', 'evil.com'],
  ['a port that is none', 'http://evil.com:port/x', 'evil.com'],
  ['a root dot', 'http://evil.com./', 'evil.com'],
  ['underscores and hyphens no mail domain has', 'http://a_b.-c-.evil.com/', 'evil.com'],
  ['percent-encoded host', 'http://ev%69l.com/ http://worse%2ecom/', 'evil.com', 'worse.com'],
  ['IPv4', 'http://203.0.113.5/x', '203.0.113.5'],
  ['IPv4 as a number', 'http://3405803781/', '203.0.113.5'],
  ['IPv4 in hexadecimal', 'http://0xcb007105/ http://0xCB.0.0x71.5/', '203.0.113.5'],
  ['IPv4 in octal', 'http://0313.0.0161.05/', '203.0.113.5'],
  ['IPv4 in three parts', 'http://203.0.28933/', '203.0.113.5'],
  ['IPv4 in full-width digits', 'http://２０３.0.113.5/', '203.0.113.5'],
  ['IPv6', 'http://[2001:db8::1]:8080/', '2001:db8::1'],
  ['IPv4 in IPv6', 'http://[::ffff:203.0.113.5]/', '203.0.113.5'],
  ['IDN', 'http://www.bücher.de/', 'xn--bcher-kva.de'],
  ['punycode', 'http://xn--bcher-kva.de/', 'xn--bcher-kva.de'],
  ['decomposed IDN', 'http://bu\u0308cher.de/', 'xn--bcher-kva.de'],
  ['Cyrillic that looks Latin', 'http://раураl.com/', 'xn--l-7sba6dbr.com'],
  [
    'ideographic dots',
    'http://evil。com/ http://worse．com/ http://third｡com/',
    'evil.com',
    'worse.com',
    'third.com',
  ],
  ['full width', 'ｈｔｔｐ：／／ｅｖｉｌ．ｃｏｍ／ｘ', 'evil.com'],
  ['mathematical letters', 'http://𝐞𝐯𝐢𝐥.com/ and 𝗁𝗍𝗍𝗉://worse.com', 'evil.com', 'worse.com'],
  ['letters in circles', 'http://ⓔⓥⓘⓛ.com/', 'evil.com'],
  ['one dot leader', 'http://evil․com/', 'evil.com'],
  ['zero width space', 'ht\u200btp://ev\u200bil.com/', 'evil.com'],
  ['joiners and marks of direction', 'http://ev\u200d\u200e\u2060il.com/', 'evil.com'],
  ['soft hyphens', 'http://ev\u00adil.com/', 'evil.com'],
  ['byte order marks', 'http://ev\ufeffil.com/', 'evil.com'],
  ['tag characters', 'http://ev\u{e0061}il.com/', 'evil.com'],
  ['among characters that part no words', '请访问http://evil.com谢谢', 'evil.com'],
  ['a bare host among them', '请访问www.evil.com谢谢', 'evil.com'],
  ['full stop of another script', 'http://evil.com。', 'evil.com'],
  ['hxxp', 'hxxp://evil.com hXXps://worse.com', 'evil.com', 'worse.com'],
  [
    'other bent schemes',
    'h**p://a.com hxtp://b.com htxps://c.com h__p://d.com',
    'a.com',
    'b.com',
    'c.com',
    'd.com',
  ],
  [
    'bracketed dot',
    'hxxps://www[.]evil[.]com/a http://worse(.)com http://third{.}com',
    'evil.com',
    'worse.com',
    'third.com',
  ],
  [
    'dot as a word',
    'http://evil(dot)com http://worse[dot]com http://third {dot} com',
    'evil.com',
    'worse.com',
    'third.com',
  ],
  ['spaces about it', 'go to evil [.] com', 'evil.com'],
  ['bracketed colon and slashes', 'hxxp[:]//evil.com hxxps[://]worse.com', 'evil.com', 'worse.com'],
  ['bare host', 'go to evil.com now', 'evil.com'],
  [
    'bare host with www, path, port',
    'www.evil.com/x worse.com/login third.com:8080',
    'evil.com',
    'worse.com',
    'third.com',
  ],
  [
    'bare host in a sentence',
    'Is it evil.com? No (worse.com), third.com; and fourth.com!',
    'evil.com',
    'worse.com',
    'third.com',
    'fourth.com',
  ],
  ['bare address', 'ping 203.0.113.5 and 198.51.100.7:8080/x', '203.0.113.5', '198.51.100.7'],
  ['bare IDN', 'besuchen Sie bücher.de', 'xn--bcher-kva.de'],
  ['a share', '\\\\evil.com\\share\\x', 'evil.com'],
  [
    'shares and calendars as links',
    'file://evil.com/x smb://worse.com/x webcal://third.com/x',
    'evil.com',
    'worse.com',
    'third.com',
  ],
  ['mailto', 'mailto:a@evil.com', 'evil.com'],
  [
    'mailto that takes a link along',
    'mailto:a@evil.com?body=http%3A%2F%2Fworse.com%2F',
    'evil.com',
    'worse.com',
  ],
  ['private suffix', 'https://shop.github.io/ https://x.blogspot.com/', 'shop.github.io', 'x.blogspot.com'],
  ['NUL inside', 'ht\0tp://ev\0il.com', 'evil.com'],
];

const redirectors: readonly Row[] = [
  [
    'in the query, encoded',
    'https://redirect.com/?url=https%3A%2F%2Fevil.com%2Fx',
    'redirect.com',
    'evil.com',
  ],
  ['in the query, plain', 'https://redirect.com/?x=1&u=http://evil.com/x&y=2', 'redirect.com', 'evil.com'],
  ['in the path', 'https://redirect.com/go/http://evil.com/', 'redirect.com', 'evil.com'],
  ['in the fragment', 'https://redirect.com/#http://evil.com/', 'redirect.com', 'evil.com'],
  ['encoded twice', 'https://redirect.com/?u=https%253A%252F%252Fevil.com', 'redirect.com', 'evil.com'],
  [
    'three deep',
    'https://a.com/?u=https://b.com/?u=https://c.com/?u=https://d.com/',
    'a.com',
    'b.com',
    'c.com',
    'd.com',
  ],
  ['a host alone', 'https://redirect.com/?url=evil.com%2Fx', 'redirect.com', 'evil.com'],
  ['a host behind two slashes', 'https://redirect.com/?next=//evil.com/x', 'redirect.com', 'evil.com'],
  ['Google', 'https://www.google.com/url?sa=t&q=https://evil.com/&usg=x', 'google.com', 'evil.com'],
  ['AMP', 'https://www.google.com/amp/s/evil.com/x', 'google.com', 'evil.com'],
  [
    'translated page',
    'https://www-ev--il-com.translate.goog/x',
    'www-ev--il-com.translate.goog',
    'ev-il.com',
  ],
  ['Facebook', 'https://l.facebook.com/l.php?u=https%3A%2F%2Fevil.com%2F&h=x', 'facebook.com', 'evil.com'],
  [
    'Safe Links',
    'https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fevil.com%2F&data=x',
    'outlook.com',
    'evil.com',
  ],
  [
    'Proofpoint 2',
    'https://urldefense.proofpoint.com/v2/url?u=https-3A__evil.com_path&d=x',
    'proofpoint.com',
    'evil.com',
  ],
  ['Proofpoint 3', 'https://urldefense.com/v3/__https://evil.com/x__;!!abc', 'urldefense.com', 'evil.com'],
  [
    'base64',
    `https://redirect.com/?u=${Buffer.from('https://evil.com/x').toString('base64url')}`,
    'redirect.com',
    'evil.com',
  ],
  ['an archive', 'https://web.archive.org/web/2020/http://evil.com/', 'archive.org', 'evil.com'],
];

const negatives: readonly Row[] = [
  ['a mail address', 'write to a@evil.com'],
  [
    'versions, times, dates, short forms',
    'version 1.2.3 of 1.12.2025 at 12:30:45, e.g. this, i.e. that, etc...',
  ],
  ['names without a suffix that exists', 'http://localhost/ http://intern/x http://x.notatld/ the.end a.b'],
  ['two sentences', 'done.It was late.And cold'],
  ['a scheme alone', 'http:// https:// http: ://'],
  ['code', 'javascript:alert(1) x.y.z() foo::bar a=b.c'],
  ['tel and others', 'tel:+4989123 cid:part1 urn:isbn:1 about:blank'],
  ['suffixes themselves', 'http://co.uk/ http://github.io/'],
  ['an empty text', ''],
];

const markup: readonly Row[] = [
  ['href', '<a href="http://evil.com">x</a>', 'evil.com'],
  ['the words differ', '<a href="http://evil.com">bank.com</a>', 'evil.com', 'bank.com'],
  ['quotes and none', `<a href='http://a.com'></a><a href=http://b.com></a>`, 'a.com', 'b.com'],
  ['odd spacing', '<A\n  HREF\n =\n "http://evil.com">x</A>', 'evil.com'],
  ['a slash for a space', '<a/href="http://evil.com">x</a>', 'evil.com'],
  ['tabs and line ends in the value', '<a href="ht\ntp:/\t/ev\til.com">x</a>', 'evil.com'],
  ['spaces about the value', '<a href=" \n http://evil.com ">x</a>', 'evil.com'],
  ['no scheme', '<a href="//evil.com/x">x</a>', 'evil.com'],
  ['mixed slashes', '<a href="/\\evil.com/x">x</a><a href="\\\\worse.com">y</a>', 'evil.com', 'worse.com'],
  ['a scheme without slashes', '<a href="http:evil.com">x</a>', 'evil.com'],
  ['entities', '<a href="&#104;ttp&colon;&sol;&sol;evil&#46;com">x</a>', 'evil.com'],
  [
    'entities with zeros and without end',
    '<a href="&#x0000068ttp://evil&#000000000046com">x</a>',
    'evil.com',
  ],
  ['entities of white space', '<a href="ht&Tab;tp:&NewLine;//evil.com">x</a>', 'evil.com'],
  ['an open quote', '<a href="http://evil.com', 'evil.com'],
  ['an attribute twice', '<a href="http://a.com" href="http://b.com">x</a>', 'a.com', 'b.com'],
  ['img', '<img src="https://track.evil.com/1.gif">', 'evil.com'],
  ['srcset', '<img srcset="//a.com/1.png 1x, //b.com/2.png 2x">', 'a.com', 'b.com'],
  ['form', '<form action="//evil.com/f"><button formaction="//worse.com/g"></form>', 'evil.com', 'worse.com'],
  ['background', '<td background="//evil.com/b.png">', 'evil.com'],
  ['refresh', '<meta http-equiv=refresh content="0; url=//evil.com/">', 'evil.com'],
  [
    'refresh in other forms',
    `<meta content="0;URL='http://a.com/'"><meta content="0 http://b.com">`,
    'a.com',
    'b.com',
  ],
  ['base', '<base href="//evil.com/"><a href="x">y</a>', 'evil.com'],
  ['style attribute', '<td style="background:url(//evil.com/b.png)">', 'evil.com'],
  [
    'style element',
    '<style>@import "//a.com/x.css"; p{background:url( \'//b.com/\' )}</style>',
    'a.com',
    'b.com',
  ],
  ['escapes of styles', '<p style="background:url(\\68 ttp:\\2f\\2f evil.com/x)">', 'evil.com'],
  ['frame with a document in it', '<iframe srcdoc="&lt;a href=//evil.com&gt;x&lt;/a&gt;">', 'evil.com'],
  ['SVG', '<svg><a xlink:href="//evil.com"><image href="//worse.com/x"/></a></svg>', 'evil.com', 'worse.com'],
  [
    'object, embed, video, link',
    '<object data="//a.com"><embed src="//b.com"><video poster="//c.com"><link href="//d.com">',
    'a.com',
    'b.com',
    'c.com',
    'd.com',
  ],
  ['ping', '<a href="//a.com" ping="//b.com //c.com">x</a>', 'a.com', 'b.com', 'c.com'],
  ['script link', `<a href="javascript:location='http://evil.com'">x</a>`, 'evil.com'],
  ['script link, encoded', '<a href="javascript:location=%27http%3A//evil.com%27">x</a>', 'evil.com'],
  ['data link', '<a href="data:text/html,<a href=//evil.com>x</a>">x</a>', 'evil.com'],
  [
    'data link in base64',
    `<a href="data:text/html;base64,${Buffer.from('<a href=//evil.com>').toString('base64')}">x</a>`,
    'evil.com',
  ],
  ['words cut by markup', 'visit ev<b></b>il.com', 'evil.com'],
  ['words cut by what is not seen', 'visit http://ev&shy;i<wbr>l&#8203;.com/', 'evil.com'],
  ['comments for one program', '<!--[if mso]><a href="//evil.com">x</a><![endif]-->', 'evil.com'],
  ['script', '<script>location="http://evil.com"</script>', 'evil.com'],
  ['mailto', '<a href="mailto:a@evil.com">x</a>', 'evil.com'],
  ['other programs', '<a href="intent://evil.com/#Intent;scheme=https;end">x</a>', 'evil.com'],
  ['a program that takes a link', '<a href="ms-word:ofe|u|https://evil.com/x.doc">x</a>', 'evil.com'],
  ['relative', '<a href="/relative">x</a><a href="#top">y</a><a href="page.html?x=1">z</a>'],
  [
    'namespaces and document types',
    '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0//EN" "http://www.w3.org/TR/x.dtd">\n<html xmlns="http://www.w3.org/1999/xhtml" xmlns:o=\'http://schemas.microsoft.com/o\'>x</html>',
  ],
  ['parts of the message', '<img src="cid:1"><a href="about:blank">x</a>'],
];

const headers: readonly Row[] = [
  ['subject', 'Subject: see http://evil.com\n\nx', 'evil.com'],
  ['subject with a host', 'Subject: evil.com is new\n\nx', 'evil.com'],
  ['encoded subject', 'Subject: =?utf-8?q?see_http=3A//ev?= =?utf-8?b?aWwuY29t?=\n\nx', 'evil.com'],
  ['folded field', 'X-Info: <http://evil.com/\n a>\n\nx', 'evil.com'],
  [
    'list fields',
    'List-Unsubscribe: <https://a.com/u>, <mailto:u@b.com?subject=x>\nList-Help: <http://c.com>\n\nx',
    'a.com',
    'b.com',
    'c.com',
  ],
  [
    'where answers go',
    'From: a@author.com\nTo: b@us.com\nReply-To: "x" <a@evil.com>, b@worse.com\n\nx',
    'evil.com',
    'worse.com',
  ],
  [
    'what servers write for each other',
    'Received: from x (http://a.com)\nMessage-ID: <a@http://b.com>\nDKIM-Signature: d=c.com; u=http://c.com\n\nx',
  ],
  ['programs and versions', 'X-Mailer: Mail 1.2.3 prog.net.core\n\nx'],
];

const b64 = (text: string | Buffer): string => Buffer.from(text).toString('base64');

const encodings: readonly Row[] = [
  ['soft line breaks', 'Content-Transfer-Encoding: quoted-printable\n\nhttp://ev=\nil=2Ecom/=\n', 'evil.com'],
  ['base64', `Content-Transfer-Encoding: base64\n\n${b64('see http://evil.com/')}`, 'evil.com'],
  [
    'base64 cut anywhere, with dirt',
    `Content-Transfer-Encoding: BASE64\n\n${b64('see http://evil.com/').replaceAll(/(.{3})/g, '$1\n!')}`,
    'evil.com',
  ],
  [
    'flowed, and spaces dropped',
    'Content-Type: text/plain; format=flowed; delsp=yes\n\nhttp://ev \nil.com/',
    'evil.com',
  ],
  [
    'UTF-16 with a mark',
    `Content-Type: text/html\nContent-Transfer-Encoding: base64\n\n${b64(Buffer.from('\ufeff<a href="//evil.com">', 'utf16le'))}`,
    'evil.com',
  ],
  [
    'UTF-16 by name',
    `Content-Type: text/plain; charset=utf-16le\nContent-Transfer-Encoding: base64\n\n${b64(Buffer.from('http://evil.com', 'utf16le'))}`,
    'evil.com',
  ],
  ['UTF-7', 'Content-Type: text/html; charset=utf-7\n\n+ADw-a href=+ACI-//evil.com+ACI->', 'evil.com'],
  [
    'ISO-2022-JP',
    `Content-Type: text/plain; charset=iso-2022-jp\nContent-Transfer-Encoding: base64\n\n${b64(Buffer.from('\u001b$B$3\u001b(B http://evil.com/', 'latin1'))}`,
    'evil.com',
  ],
  [
    'Shift_JIS',
    `Content-Type: text/plain; charset=shift_jis\nContent-Transfer-Encoding: base64\n\n${b64(Buffer.from('\x82\xb1 http://evil.com/', 'latin1'))}`,
    'evil.com',
  ],
  [
    'windows-1252 IDN',
    `Content-Type: text/plain; charset=windows-1252\nContent-Transfer-Encoding: base64\n\n${b64(Buffer.from('http://b\xfccher.de/', 'latin1'))}`,
    'xn--bcher-kva.de',
  ],
  [
    'a charset that nobody knows',
    'Content-Type: text/plain; charset=x-nothing\n\nhttp://evil.com',
    'evil.com',
  ],
  ['an encoding that nobody knows', 'Content-Transfer-Encoding: x-nothing\n\nhttp://evil.com', 'evil.com'],
  [
    'markup that calls itself plain',
    'Content-Type: text/plain\n\n<html><a href="//evil.com">x</a>',
    'evil.com',
  ],
  ['no header at all', '\nhttp://evil.com', 'evil.com'],
];

function part(header: string, body: string): string {
  return `Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nhi\n--b\n${header}\n\n${body}\n--b--\n`;
}

const parts: readonly Row[] = [
  [
    'alternative',
    'Content-Type: multipart/alternative; boundary=b\n\n--b\n\nhttp://a.com\n--b\nContent-Type: text/html\n\n<a href=//b.com>\n--b--\n',
    'a.com',
    'b.com',
  ],
  [
    'a message inside',
    part(
      'Content-Type: message/rfc822',
      'Subject: http://a.com\nContent-Type: text/html\n\n<a href=//b.com>',
    ),
    'a.com',
    'b.com',
  ],
  [
    'before and behind the parts',
    'Content-Type: multipart/mixed; boundary=b\n\nhttp://a.com\n--b\n\nx\n--b--\nhttp://b.com\n',
    'a.com',
    'b.com',
  ],
  [
    'a boundary that never comes',
    'Content-Type: multipart/mixed; boundary=other\n\n--b\nContent-Type: text/html\n\n<a href=//evil.com>',
    'evil.com',
  ],
  [
    'HTML attached',
    part(
      'Content-Type: text/html; name=a.html\nContent-Disposition: attachment\nContent-Transfer-Encoding: base64',
      b64('<a href=//evil.com>'),
    ),
    'evil.com',
  ],
  [
    'HTML by its name',
    part('Content-Type: application/octet-stream; name="a.htm"', '<a href=//evil.com>'),
    'evil.com',
  ],
  [
    'HTML by its beginning',
    part('Content-Type: application/octet-stream', '<!DOCTYPE html><a href=//evil.com>'),
    'evil.com',
  ],
  [
    'HTML that calls itself a picture',
    part('Content-Type: image/png; name=x.png', '<html><a href=//evil.com>'),
    'evil.com',
  ],
  [
    'SVG',
    part(
      'Content-Type: image/svg+xml',
      '<svg xmlns="http://www.w3.org/2000/svg"><a xlink:href="//evil.com"/></svg>',
    ),
    'evil.com',
  ],
  [
    'calendar with folded lines',
    part(
      'Content-Type: text/calendar',
      'BEGIN:VEVENT\nURL:http://ev\n il.com/x\nATTACH:https://worse.com/y\nEND:VEVENT',
    ),
    'evil.com',
    'worse.com',
  ],
  [
    'card',
    part('Content-Type: text/vcard', 'BEGIN:VCARD\nURL;TYPE=work:http://ev\n il.com/\nEND:VCARD'),
    'evil.com',
  ],
  [
    'calendar by its name',
    part('Content-Type: application/octet-stream; name=x.ics', 'URL:http://ev\n il.com/'),
    'evil.com',
  ],
  [
    'internet shortcut',
    part('Content-Type: application/octet-stream; name=x.url', '[InternetShortcut]\nURL=http://evil.com/\n'),
    'evil.com',
  ],
  [
    'shortcut to a share',
    part(
      'Content-Type: application/x-mswinurl',
      '[InternetShortcut]\nURL=file://evil.com/s/x\nIconFile=\\\\worse.com\\i\n',
    ),
    'evil.com',
    'worse.com',
  ],
  [
    'webloc',
    part(
      'Content-Type: application/octet-stream; name=x.webloc',
      '<?xml version="1.0"?><!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd"><plist><dict><key>URL</key><string>http://evil.com/</string></dict></plist>',
    ),
    'evil.com',
  ],
  [
    'RTF',
    part('Content-Type: application/rtf', '{\\rtf1{\\field{\\*\\fldinst HYPERLINK "http://evil.com/"}}}'),
    'evil.com',
  ],
  [
    'an encoded message',
    part(
      'Content-Type: message/rfc822\nContent-Transfer-Encoding: base64',
      b64('Content-Type: text/html\r\n\r\n<a href=//evil.com>'),
    ),
    'evil.com',
  ],
  [
    'a message by its name',
    part('Content-Type: application/octet-stream; name=x.eml', 'Subject: x\n\nhttp://evil.com'),
    'evil.com',
  ],
  [
    'a link in the name of a file',
    part('Content-Type: application/octet-stream; name="http://evil.com/x"', 'x'),
    'evil.com',
  ],
  [
    'a body that lies elsewhere',
    part(
      'Content-Type: message/external-body; access-type=URL; URL="http://evil.com/x"',
      'Content-Type: text/plain',
    ),
    'evil.com',
  ],
  [
    'a file that nobody opens in a browser',
    part('Content-Type: application/octet-stream', 'http://evil.com'),
  ],
];

/** P-27: obfuscated, international, defanged and redirecting links, and what is none. */
export const linkCorpus: readonly LinkCase[] = [
  ...cases(words, plain),
  ...cases(redirectors, plain),
  ...cases(negatives, plain),
  ...cases(markup, html),
  ...cases(headers, raw),
  ...cases(encodings, raw),
  ...cases(parts, raw),
];
