// A log-based engine for RdpGuard (https://rdpguard.com/plugin-api.aspx): failed log-ins of Postern.
// Build as a class library against rdpguard-plugin-api.dll and put it into RdpGuard's Plugins folder.
// The pattern is the one that docs/reference/events.md fixes; a test holds it to the server's real lines.
using System.Text.RegularExpressions;
using rdpguard_plugin_api;

namespace postern_rdpguard
{
    public class PosternEngine : IExternalLogBasedEngine
    {
        static readonly Regex Failed = new Regex(
            @"^\S+ notice login-failed client=([0-9A-Fa-f.:]+) listener=\S+ session=\S+ reason=\S+ mechanism=\S+ failures=\S+ weight=1(?: user=""(.*)"")?$",
            RegexOptions.Compiled | RegexOptions.CultureInvariant);

        public string Name => "Postern";
        public string Protocol => "Mail";
        public string Directory => @"C:\Postern\Logs\";
        public string FileMask => "*.log";

        public bool IsFailedLoginAttempt(string _line, out string _ip, out string _username)
        {
            Match match = Failed.Match(_line);
            _ip = match.Success ? match.Groups[1].Value : null;
            _username = match.Success ? match.Groups[2].Value : null;
            return match.Success;
        }
    }
}
