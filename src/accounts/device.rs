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
const PROGRAMS: Marks<18> = [
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
    ("GuzzleHttp/", "PHP (Guzzle)"),
    ("reqwest/", "Rust (reqwest)"),
];

/// Apps with a browser of their own come first, and then browsers before those that they name for compatibility.
const BROWSERS: Marks<42> = [
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
    ("OculusBrowser/", "Meta Quest Browser"),
    ("PicoBrowser/", "Pico Browser"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("OPT/", "Opera"),
    ("OPiOS/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Vivaldi/", "Vivaldi"),
    ("YaBrowser/", "Yandex Browser"),
    ("UCBrowser/", "UC Browser"),
    ("MiuiBrowser/", "Mi Browser"),
    ("HuaweiBrowser/", "Huawei Browser"),
    ("Silk/", "Amazon Silk"),
    ("DuckDuckGo/", "DuckDuckGo"),
    ("Ddg/", "DuckDuckGo"),
    ("SeaMonkey/", "SeaMonkey"),
    ("Focus/", "Firefox Focus"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("; wv)", "An app's browser"),
    ("Epiphany/", "GNOME Web"),
    ("CriOS/", "Chrome"),
    ("HeadlessChrome/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("Trident/", "Internet Explorer"),
];

const SYSTEMS: Marks<16> = [
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
    #[case("<script>", "Unknown browser")]
    #[case("", "Unknown browser")]
    fn a_user_agent_has_a_display_name(#[case] agent: &str, #[case] words: &str) {
        assert_eq!(describe(Some(agent)), words);
    }
}
