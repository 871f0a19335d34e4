/** Reports in the shapes that large receivers write them in; whoever stands in them does not exist. */

/** Seconds since 1970 of 2026-01-01; a report is about one day. */
export const reportBeginS = 1_767_225_600;
const endS = reportBeginS + 86_399;

const range = `<date_range>
      <begin>${reportBeginS}</begin>
      <end>${endS}</end>
    </date_range>`;

/** Google: no namespace, four spaces of blank lines, `sp` and `pct`. */
export const googleReport = `<?xml version="1.0" encoding="UTF-8" ?>
<feedback>
  <report_metadata>
    <org_name>google.example</org_name>
    <email>noreply-dmarc-support@google.example</email>
    <extra_contact_info>https://support.google.example/a/answer/2466580</extra_contact_info>
    <report_id>1234567890123456789</report_id>
    ${range}
  </report_metadata>
  <policy_published>
    <domain>example.test</domain>
    <adkim>r</adkim>
    <aspf>r</aspf>
    <p>none</p>
    <sp>none</sp>
    <pct>100</pct>
    <np>none</np>
  </policy_published>
  <record>
    <row>
      <source_ip>192.0.2.25</source_ip>
      <count>7</count>
      <policy_evaluated>
        <disposition>none</disposition>
        <dkim>pass</dkim>
        <spf>pass</spf>
      </policy_evaluated>
    </row>
    <identifiers>
      <header_from>example.test</header_from>
    </identifiers>
    <auth_results>
      <dkim>
        <domain>example.test</domain>
        <result>pass</result>
        <selector>a2026</selector>
      </dkim>
      <spf>
        <domain>example.test</domain>
        <result>pass</result>
      </spf>
    </auth_results>
  </record>
  <record>
    <row>
      <source_ip>203.0.113.9</source_ip>
      <count>120</count>
      <policy_evaluated>
        <disposition>quarantine</disposition>
        <dkim>fail</dkim>
        <spf>fail</spf>
      </policy_evaluated>
    </row>
    <identifiers>
      <header_from>example.test</header_from>
    </identifiers>
    <auth_results>
      <dkim>
        <domain>letters.example</domain>
        <result>pass</result>
        <selector>k1</selector>
      </dkim>
      <spf>
        <domain>bounce.letters.example</domain>
        <result>pass</result>
      </spf>
    </auth_results>
  </record>
</feedback>
`;

/** Microsoft: schema names on the outermost element, `version`, envelope names, two signatures, fields in its own order. */
export const microsoftReport = `<?xml version="1.0"?>
<feedback xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <version>1.0</version>
  <report_metadata>
    <org_name>Enterprise Outlook</org_name>
    <email>dmarcreport@microsoft.example</email>
    <report_id>0123456789abcdef0123456789abcdef</report_id>
    ${range}
  </report_metadata>
  <policy_published>
    <domain>example.test</domain><adkim>r</adkim><aspf>r</aspf><p>quarantine</p><sp>quarantine</sp><pct>100</pct><fo>0</fo>
  </policy_published>
  <record>
    <row>
      <source_ip>2001:db8:1:2:3:4:5:6</source_ip>
      <count>3</count>
      <policy_evaluated>
        <disposition>none</disposition><dkim>fail</dkim><spf>pass</spf>
      </policy_evaluated>
    </row>
    <identifiers>
      <envelope_to>tenant.example</envelope_to>
      <envelope_from>example.test</envelope_from>
      <header_from>example.test</header_from>
    </identifiers>
    <auth_results>
      <dkim><domain>example.test</domain><selector>a</selector><result>fail</result></dkim>
      <dkim><domain>list.example</domain><selector>b</selector><result>pass</result></dkim>
      <spf><domain>example.test</domain><scope>mfrom</scope><result>pass</result></spf>
    </auth_results>
  </record>
</feedback>`;

/** Yahoo: one line, a result of `temperror`, a reason. */
export const yahooReport = `<?xml version="1.0"?><feedback><report_metadata><org_name>Yahoo</org_name><email>dmarchelp@yahooinc.example</email><report_id>1767322222.123456</report_id>${range}</report_metadata><policy_published><domain>example.test</domain><adkim>r</adkim><aspf>r</aspf><p>reject</p><pct>100</pct></policy_published><record><row><source_ip>198.51.100.7</source_ip><count>1</count><policy_evaluated><disposition>reject</disposition><dkim>fail</dkim><spf>fail</spf><reason><type>other</type><comment>R&amp;D &lt;x&gt;</comment></reason></policy_evaluated></row><identifiers><header_from>news.example.test</header_from></identifiers><auth_results><spf><domain>forger.example</domain><result>temperror</result></spf></auth_results></record></feedback>`;

/** Fastmail: a declared encoding in other words, tabs, an empty element, a comment. */
export const fastmailReport = `<?xml version='1.0' encoding='utf-8'?>
<!-- made by hand -->
<feedback>
\t<report_metadata>
\t\t<org_name>Fastmail Pty Ltd</org_name>
\t\t<email>reports@fastmail.example</email>
\t\t<extra_contact_info/>
\t\t<report_id>77001</report_id>
\t\t${range}
\t</report_metadata>
\t<policy_published><domain>Example.Test</domain><p>none</p><adkim>s</adkim><aspf>s</aspf></policy_published>
\t<record>
\t\t<row><source_ip>192.0.2.25</source_ip><count>2</count>
\t\t<policy_evaluated><disposition>none</disposition><dkim>pass</dkim><spf>fail</spf></policy_evaluated></row>
\t\t<identifiers><envelope_from></envelope_from><header_from>example.test</header_from></identifiers>
\t\t<auth_results><dkim><domain>example.test</domain><result>pass</result></dkim><spf><domain>relay.example</domain><result>none</result></spf></auth_results>
\t</record>
</feedback>`;

/** RFC 9990 Appendix B: a namespace, here with a prefix, and the words that are new there. */
export const newReport = `<?xml version="1.0" encoding="UTF-8"?>
<d:feedback xmlns:d="urn:ietf:params:xml:ns:dmarc-2.0">
  <d:version>1.0</d:version>
  <d:report_metadata>
    <d:org_name>Sample Reporter</d:org_name>
    <d:email>report_sender@reporter.example</d:email>
    <d:report_id>3v98abbp8ya9n3va8yr8oa3ya</d:report_id>
    <d:date_range><d:begin>${reportBeginS}</d:begin><d:end>${endS}</d:end></d:date_range>
    <d:generator>Example DMARC Aggregate Reporter v1.2</d:generator>
  </d:report_metadata>
  <d:policy_published>
    <d:domain>example.test</d:domain><d:p>quarantine</d:p><d:sp>none</d:sp><d:np>none</d:np>
    <d:testing>n</d:testing><d:discovery_method>treewalk</d:discovery_method>
  </d:policy_published>
  <d:record>
    <d:row><d:source_ip>192.0.2.123</d:source_ip><d:count>123</d:count>
      <d:policy_evaluated><d:disposition>pass</d:disposition><d:dkim>pass</d:dkim><d:spf>fail</d:spf></d:policy_evaluated>
    </d:row>
    <d:identifiers><d:envelope_from>example.test</d:envelope_from><d:header_from>example.test</d:header_from></d:identifiers>
    <d:auth_results><d:dkim><d:domain>example.test</d:domain><d:result>pass</d:result><d:selector>abc123</d:selector></d:dkim></d:auth_results>
  </d:record>
</d:feedback>`;
