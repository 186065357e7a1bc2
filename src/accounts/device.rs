//! A browser's display name.

/// Browser and system from a `User-Agent`, as "Firefox on Linux"; a program by its name alone. For display only: clients can
/// send any text.
pub fn describe(user_agent: Option<&str>) -> String {
    let Some(agent) = user_agent else { return "Unknown browser".to_owned() };
    if let Some(program) = name(agent, &PROGRAMS) {
        return program.to_owned();
    }
    match (name(agent, &BROWSERS), system(agent)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(browser), None) => browser.to_owned(),
        // Safari and other browsers for iOS say so; a page inside an app does not.
        (None, Some(system)) if system.starts_with("iP") && agent.contains("AppleWebKit/") => {
            format!("An app's browser on {system}")
        }
        (None, Some(system)) => format!("Unknown browser on {system}"),
        (None, None) => "Unknown browser".to_owned(),
    }
}

/// A part of the `User-Agent`, and what it stands for. The first one that occurs decides.
type Marks<const N: usize> = [(&'static str, &'static str); N];

fn name<const N: usize>(agent: &str, marks: &Marks<N>) -> Option<&'static str> {
    marks.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
}

/// HTTP clients. They run on no system that a user would know by its name.
const PROGRAMS: Marks<36> = [
    ("GuzzleHttp/", "PHP (Guzzle)"),
    ("Postman/", "Postman"),
    ("curl/", "curl"),
    ("Wget/", "Wget"),
    ("HTTPie/", "HTTPie"),
    ("PostmanRuntime/", "Postman"),
    ("insomnia/", "Insomnia"),
    ("python-requests/", "Python (Requests)"),
    ("python-httpx/", "Python (HTTPX)"),
    ("aiohttp/", "Python (aiohttp)"),
    ("Python-urllib/", "Python"),
    ("okhttp/", "OkHttp"),
    ("Go-http-client/", "Go"),
    ("axios/", "Node.js (axios)"),
    ("node-fetch/", "Node.js"),
    ("undici", "Node.js"),
    ("Apache-HttpClient/", "Java"),
    ("Dart/", "Dart"),
    ("reqwest/", "Rust (reqwest)"),
    ("Bun/", "Bun"),
    ("Deno/", "Deno"),
    ("Node.js/", "Node.js"),
    ("node-superagent/", "Node.js"),
    ("Needle/", "Node.js"),
    ("python-urllib3/", "Python"),
    ("go-http-client/", "Go"),
    ("Java/", "Java"),
    ("Java-http-client/", "Java"),
    ("Jetty/", "Java"),
    ("libwww-perl/", "Perl"),
    ("PowerShell/", "PowerShell"),
    ("rest-client/", "Ruby"),
    ("http.rb/", "Ruby"),
    ("Faraday", "Ruby"),
    ("Lynx", "Lynx"),
    ("ELinks", "ELinks"),
];

/// Apps with a browser of their own come first, and then browsers before those that they name for compatibility.
const BROWSERS: Marks<67> = [
    ("GSA/", "Google app"),
    ("FBAN/", "Facebook app"),
    ("FBAV/", "Facebook app"),
    ("FB_IAB/", "Facebook app"),
    ("Instagram", "Instagram app"),
    ("LinkedInApp", "LinkedIn app"),
    ("Snapchat/", "Snapchat app"),
    ("musical_ly", "TikTok app"),
    ("BytedanceWebview", "TikTok app"),
    ("MicroMessenger/", "WeChat app"),
    ("KAKAOTALK", "KakaoTalk app"),
    ("Line/", "LINE app"),
    ("Twitter for", "X app"),
    ("TwitterAndroid", "X app"),
    ("Pinterest/", "Pinterest app"),
    ("Slack/", "Slack app"),
    ("Teams/", "Teams app"),
    ("TeamsMobile", "Teams app"),
    ("discord/", "Discord app"),
    ("Discord/", "Discord app"),
    ("Notion/", "Notion app"),
    ("Figma/", "Figma app"),
    ("Mattermost/", "Mattermost app"),
    ("Rocket.Chat/", "Rocket.Chat app"),
    ("Code/", "VS Code"),
    ("baiduboxapp", "Baidu app"),
    ("AlipayClient", "Alipay app"),
    ("YJApp", "Yahoo! Japan app"),
    ("PicoBrowser/", "PICO Browser"),
    ("OculusBrowser/", "Meta Quest Browser"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("OPT/", "Opera"),
    ("OPiOS/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Whale/", "Whale"),
    ("QQBrowser/", "QQ Browser"),
    ("coc_coc_browser/", "Cốc Cốc"),
    ("Puffin/", "Puffin"),
    ("Ecosia ", "Ecosia"),
    ("Vivaldi/", "Vivaldi"),
    ("YaBrowser/", "Yandex Browser"),
    ("UCBrowser/", "UC Browser"),
    ("MiuiBrowser/", "Mi Browser"),
    ("HuaweiBrowser/", "Huawei Browser"),
    ("Silk/", "Amazon Silk"),
    ("DuckDuckGo/", "DuckDuckGo"),
    ("Ddg/", "DuckDuckGo"),
    ("PaleMoon/", "Pale Moon"),
    ("Waterfox/", "Waterfox"),
    ("LibreWolf/", "LibreWolf"),
    ("Klar/", "Firefox Klar"),
    ("SeaMonkey/", "SeaMonkey"),
    ("Focus/", "Firefox Focus"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("; wv)", "An app's browser"),
    ("Electron/", "A desktop app"),
    ("Falkon/", "Falkon"),
    ("Konqueror", "Konqueror"),
    ("Epiphany/", "GNOME Web"),
    ("CriOS/", "Chrome"),
    ("HeadlessChrome/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("Trident/", "Internet Explorer"),
];

const SYSTEMS: Marks<18> = [
    ("PICO", "PICO headset"),
    ("Pico Neo", "PICO headset"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("iPod", "iPod"),
    ("Quest", "Meta Quest"),
    ("PlayStation", "PlayStation"),
    ("Xbox", "Xbox"),
    ("Nintendo Switch", "Nintendo Switch"),
    ("Tizen", "Tizen"),
    ("Web0S", "webOS"),
    ("KAIOS", "KaiOS"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
];

/// An iPad claims to be a Mac. Browsers that exist only for iOS give it away; Safari does not.
fn system(agent: &str) -> Option<&'static str> {
    let system = name(agent, &SYSTEMS)?;
    if system != "macOS" {
        return Some(system);
    }
    let is_of_ios = ["CriOS/", "FxiOS/", "EdgiOS/", "GSA/", "OPT/", "Mobile/"].iter().any(|mark| agent.contains(mark));
    Some(match (is_of_ios, name(agent, &BROWSERS)) {
        (true, _) => "iPad",
        (false, Some("Safari")) => "Mac or iPad",
        (false, _) => "macOS",
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux")]
    #[case(
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0",
        "Edge on Windows"
    )]
    #[case(
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
        "Safari on iPhone"
    )]
    #[case(
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) GSA/309.0.619747644 Mobile/15E148 Safari/604.1",
        "Google app on iPhone"
    )]
    #[case(
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 13_5_2) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/120.0.6099.119 Version/17.2 Safari/605.1.15",
        "Chrome on iPad"
    )]
    #[case(
        "Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/119.0 Mobile/15E148 Safari/605.1.15",
        "Firefox on iPad"
    )]
    #[case(
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15",
        "Safari on Mac or iPad"
    )]
    #[case(
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
        "Chrome on macOS"
    )]
    #[case(
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 [FBAN/FBIOS;FBAV/440.0.0.28.108;FBBV/1]",
        "Facebook app on iPhone"
    )]
    #[case(
        "Mozilla/5.0 (Linux; Android 14; SM-S911B; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/120.0 Mobile Safari/537.36 Instagram 310.0.0.37.328 Android",
        "Instagram app on Android"
    )]
    #[case(
        "Mozilla/5.0 (Linux; Android 13; Pixel 7; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/120.0 Mobile Safari/537.36",
        "An app's browser on Android"
    )]
    #[case(
        "Mozilla/5.0 (X11; Linux x86_64; Quest 3) AppleWebKit/537.36 (KHTML, like Gecko) OculusBrowser/31.0.0.10.48 Chrome/120.0.6099.210 VR Safari/537.36",
        "Meta Quest Browser on Meta Quest"
    )]
    #[case(
        "Mozilla/5.0 (Linux; Android 13; SAMSUNG SM-A536B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/23.0 Chrome/115.0 Mobile Safari/537.36",
        "Samsung Internet on Android"
    )]
    #[case(
        "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36",
        "Chrome on ChromeOS"
    )]
    #[case("Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko", "Internet Explorer on Windows")]
    #[case("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36", "Chrome on Android")]
    #[case("curl/8.5.0", "curl")]
    #[case("python-requests/2.31.0", "Python (Requests)")]
    #[case("okhttp/4.12.0", "OkHttp")]
    #[case("PostmanRuntime/7.36.0", "Postman")]
    #[case("Go-http-client/1.1", "Go")]
    #[case(
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Slack/4.39.90 Chrome/127.0.6533.72 Electron/31.2.0 Safari/537.36",
        "Slack app on macOS"
    )]
    #[case(
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Code/1.95.1 Chrome/128.0.6613.186 Electron/32.2.1 Safari/537.36",
        "VS Code on Windows"
    )]
    #[case(
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) discord/0.0.71 Chrome/128.0.6613.186 Electron/32.2.2 Safari/537.36",
        "Discord app on Linux"
    )]
    #[case(
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Helio/1.0 Chrome/120.0 Electron/28.0 Safari/537.36",
        "A desktop app on Windows"
    )]
    #[case(
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 TeamsMobile-iOS",
        "Teams app on iPhone"
    )]
    #[case(
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
        "An app's browser on iPhone"
    )]
    #[case(
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.54 NetType/WIFI Language/en",
        "WeChat app on iPhone"
    )]
    #[case(
        "Mozilla/5.0 (Linux; Android 14; Pixel 8; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/131.0 Mobile Safari/537.36 musical_ly_2023708030 BytedanceWebview/d8a21c6",
        "TikTok app on Android"
    )]
    #[case(
        "Mozilla/5.0 (Linux; Android 10; A8110) AppleWebKit/537.36 (KHTML, like Gecko) PicoBrowser/3.3.22 OculusBrowser/7.0 Chrome/105.0 VR Safari/537.36; PICO 4",
        "PICO Browser on PICO headset"
    )]
    #[case(
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0 Safari/537.36 OPR/114.0",
        "Opera on Windows"
    )]
    #[case(
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0 Whale/4.28 Safari/537.36",
        "Whale on Windows"
    )]
    #[case(
        "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0 LibreWolf/128.0",
        "LibreWolf on Linux"
    )]
    #[case(
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Safari/605.1.15 Epiphany/605.1.15",
        "GNOME Web on Linux"
    )]
    #[case(
        "Mozilla/5.0 (PlayStation; PlayStation 5/9.00) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Safari/605.1.15",
        "Safari on PlayStation"
    )]
    #[case(
        "Mozilla/5.0 (SMART-TV; LINUX; Tizen 6.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/76.0 Safari/537.36",
        "Chrome on Tizen"
    )]
    #[case(
        "Mozilla/5.0 (Linux; Android 11; KFTRWI) AppleWebKit/537.36 (KHTML, like Gecko) Silk/112.5 like Chrome/112.0 Safari/537.36",
        "Amazon Silk on Android"
    )]
    #[case("GuzzleHttp/7 curl/8.5.0 PHP/8.3.6", "PHP (Guzzle)")]
    #[case("Apache-HttpClient/4.5.14 (Java/17.0.12)", "Java")]
    #[case("Deno/2.1.7", "Deno")]
    #[case("libwww-perl/6.77", "Perl")]
    #[case("Mozilla/5.0 (Windows NT; Windows NT 10.0; de-DE) WindowsPowerShell/5.1.19041.5737", "PowerShell")]
    #[case("<script>", "Unknown browser")]
    #[case("", "Unknown browser")]
    fn a_user_agent_has_a_display_name(#[case] agent: &str, #[case] words: &str) {
        assert_eq!(describe(Some(agent)), words);
    }
}
