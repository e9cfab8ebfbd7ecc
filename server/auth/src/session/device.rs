//! What a person recognises a browser by in the list of their sessions: "Firefox on Linux", and nothing finer.
//!
//! It is read once, at the sign-in, from what the browser says of itself; that text is not kept. It proves nothing:
//! anybody can say anything.

use http::{HeaderMap, HeaderName, header};

/// Of what a browser says of itself no more is looked at, in bytes.
const LONGEST: usize = 1024;

/// The name of a browser that says nothing we know.
pub(super) const UNKNOWN: &str = "Unknown browser";

/// What the browser of these headers is called, in plain words.
#[must_use]
pub fn recognise(headers: &HeaderMap) -> String {
    let agent = text(headers, &header::USER_AGENT);
    let brands = text(headers, &HeaderName::from_static("sec-ch-ua"));
    let platform = text(headers, &HeaderName::from_static("sec-ch-ua-platform"));
    let browser = browser_by_brand(brands).or_else(|| browser_by_agent(agent));
    // An iPad that asks for the sites of a desktop calls itself a Mac; nothing tells the two apart.
    let system = system_by_agent(agent).or_else(|| system_by_platform(platform));
    let browser = browser.unwrap_or(UNKNOWN);
    match system {
        Some(system) => format!("{browser} on {system}"),
        None => browser.to_owned(),
    }
}

/// The beginning of a header, if it is text.
fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> &'a str {
    let value = headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    // Text of a header is ASCII, so any place is one to cut at.
    value.get(..LONGEST).unwrap_or(value)
}

/// Browsers that are told from the one they are built on only here.
/// [User-Agent Client Hints](https://wicg.github.io/ua-client-hints/#sec-ch-ua)
fn browser_by_brand(brands: &str) -> Option<&'static str> {
    const BRANDS: [(&str, &str); 6] = [
        ("\"Brave\"", "Brave"),
        ("\"Microsoft Edge\"", "Edge"),
        ("\"Opera\"", "Opera"),
        ("\"Vivaldi\"", "Vivaldi"),
        ("\"Samsung Internet\"", "Samsung Internet"),
        ("\"DuckDuckGo\"", "DuckDuckGo"),
    ];
    named(&BRANDS, brands)
}

/// The first that fits: most name also those that they want to be taken for.
fn browser_by_agent(agent: &str) -> Option<&'static str> {
    const PRODUCTS: [(&str, &str); 24] = [
        ("Edg/", "Edge"),
        ("EdgA/", "Edge"),
        ("EdgiOS/", "Edge"),
        ("Edge/", "Edge"),
        ("OPR/", "Opera"),
        ("OPiOS/", "Opera"),
        ("OPT/", "Opera"),
        ("Opera", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("Vivaldi/", "Vivaldi"),
        ("YaBrowser/", "Yandex Browser"),
        ("DuckDuckGo/", "DuckDuckGo"),
        ("Ddg/", "DuckDuckGo"),
        ("Brave/", "Brave"),
        ("Epiphany/", "GNOME Web"),
        ("FxiOS/", "Firefox"),
        ("Firefox/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("Chromium/", "Chromium"),
        ("Chrome/", "Chrome"),
        ("Trident/", "Internet Explorer"),
        ("MSIE ", "Internet Explorer"),
        ("Android", "Android browser"),
        ("Safari/", "Safari"),
    ];
    named(&PRODUCTS, agent)
}

fn system_by_agent(agent: &str) -> Option<&'static str> {
    const SYSTEMS: [(&str, &str); 10] = [
        ("iPhone", "iPhone"),
        ("iPod", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("CrOS", "ChromeOS"),
        ("Windows", "Windows"),
        ("Macintosh", "Mac"),
        ("Mac OS X", "Mac"),
        ("Linux", "Linux"),
        ("X11", "Linux"),
    ];
    named(&SYSTEMS, agent)
}

fn system_by_platform(platform: &str) -> Option<&'static str> {
    const PLATFORMS: [(&str, &str); 7] = [
        ("\"Android\"", "Android"),
        ("\"Chrome OS\"", "ChromeOS"),
        ("\"Chromium OS\"", "ChromeOS"),
        ("\"iOS\"", "iPhone"),
        ("\"Linux\"", "Linux"),
        ("\"macOS\"", "Mac"),
        ("\"Windows\"", "Windows"),
    ];
    named(&PLATFORMS, platform)
}

fn named(names: &[(&str, &'static str)], text: &str) -> Option<&'static str> {
    names
        .iter()
        .find(|(mark, _)| text.contains(mark))
        .map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(headers: &[(&'static str, &str)]) -> String {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect();
        recognise(&headers)
    }

    #[test]
    fn what_browsers_say_becomes_what_people_call_them() {
        for (agent, name) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
                "Firefox on Linux",
            ),
            (
                "Mozilla/5.0 (Android 14; Mobile; rv:128.0) Gecko/128.0 Firefox/128.0",
                "Firefox on Android",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
                "Safari on iPhone",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/126.0.6478.54 Mobile/15E148 Safari/604.1",
                "Chrome on iPhone",
            ),
            (
                "Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/127.0 Mobile/15E148 Safari/605.1.15",
                "Firefox on iPad",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15",
                "Safari on Mac",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
                "Chrome on Windows",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 OPR/112.0.0.0",
                "Opera on Windows",
            ),
            (
                "Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36",
                "Samsung Internet on Android",
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36",
                "Chrome on Android",
            ),
            (
                "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
                "Chrome on ChromeOS",
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Safari/605.1.15 Epiphany/605.1.15",
                "GNOME Web on Linux",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Trident/7.0; rv:11.0) like Gecko",
                "Internet Explorer on Windows",
            ),
            (
                "Mozilla/5.0 (Linux; U; Android 4.0) AppleWebKit/534.30 (KHTML, like Gecko) Version/4.0 Mobile Safari/534.30",
                "Android browser on Android",
            ),
            ("curl/8.5.0", "Unknown browser"),
            ("Some Program (Linux)", "Unknown browser on Linux"),
            ("", "Unknown browser"),
        ] {
            assert_eq!(of(&[("user-agent", agent)]), name, "{agent}");
        }
        assert_eq!(of(&[]), "Unknown browser");
    }

    #[test]
    fn client_hints_tell_what_the_agent_conceals() {
        let chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36";
        let hints = |brands| of(&[("user-agent", chrome), ("sec-ch-ua", brands)]);
        assert_eq!(
            hints(r#""Not/A)Brand";v="8", "Chromium";v="126", "Brave";v="126""#),
            "Brave on Linux"
        );
        assert_eq!(
            hints(r#""Not/A)Brand";v="8", "Chromium";v="126", "Google Chrome";v="126""#),
            "Chrome on Linux"
        );
        let only_hints = of(&[
            ("sec-ch-ua", r#""Microsoft Edge";v="126""#),
            ("sec-ch-ua-platform", r#""macOS""#),
        ]);
        assert_eq!(only_hints, "Edge on Mac");
    }

    #[test]
    fn however_much_a_browser_says_nothing_of_it_is_kept_but_a_known_name() {
        let filler = "x".repeat(LONGEST);
        assert_eq!(
            of(&[("user-agent", &format!("{filler} Firefox/128.0"))]),
            "Unknown browser"
        );
        assert_eq!(
            of(&[("user-agent", "<script>alert(1)</script> Firefox/128.0 (Linux)")]),
            "Firefox on Linux"
        );
        let mut headers = HeaderMap::new();
        headers.insert(
            header::USER_AGENT,
            http::HeaderValue::from_bytes(b"Firefox/\xff").unwrap(),
        );
        assert_eq!(recognise(&headers), "Unknown browser");
    }
}
