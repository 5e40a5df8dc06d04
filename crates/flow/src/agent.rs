//! Device family and bot detection from a request's headers.
//!
//! A full user-agent database costs milliseconds per parse; the redirect has 40 µs. Reports need families, not
//! versions, so a few ordered substrings decide, and the result is cached per user agent.

use domain::click::PREFETCH;
use moka::sync::Cache;
use regex::RegexSet;

/// How browsers mark a page that they load ahead of a visit.
const AHEAD: [&str; 3] = ["prefetch", "prerender", "preview"];

/// Bytes of a user agent that are examined; the rest is cut off.
const AGENT_BYTES_MAX: usize = 512;

/// What the browsers inside social networks' apps have in their user agents.
const IN_APP_MARKS: [&str; 14] = [
    " MetaIAB ",
    "FBAN/FB",
    "FB_IAB/",
    " Instagram ",
    " Barcelona ",
    "musical_ly",
    "BytedanceWebview",
    " TikTok",
    " Snapchat/",
    "[Pinterest/",
    "[LinkedInApp]",
    "Twitter for iPhone",
    "TwitterAndroid",
    " WhatsApp/",
];

/// Device and bot verdict for a user agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// `mobile`, `tablet`, `desktop` or `unknown`.
    pub kind: &'static str,
    /// Browser family.
    pub browser: &'static str,
    /// Operating system family.
    pub os: &'static str,
    /// Bot reason, if it is a bot.
    pub bot: Option<&'static str>,
}

/// Classifies user agents.
pub struct Agents {
    crawlers: RegexSet,
    known: Cache<Box<str>, Device>,
}

impl Default for Agents {
    fn default() -> Self {
        Self::new()
    }
}

impl Agents {
    /// Compiles the list of crawlers.
    pub fn new() -> Self {
        let patterns = include_str!("../data/crawlers.txt").lines().filter(|line| !line.starts_with('#'));
        // Patterns that the regex engine rejects are skipped; a test asserts that there are none.
        let readable: Vec<String> = patterns
            .map(|pattern| pattern.replace("\\/", "/"))
            .filter(|pattern| regex::Regex::new(pattern).is_ok())
            .collect();
        Self { crawlers: RegexSet::new(readable).unwrap_or_else(|_| RegexSet::empty()), known: Cache::new(10_000) }
    }

    /// Classifies a user agent.
    pub fn classify(&self, user_agent: &str) -> Device {
        let mut end = user_agent.len().min(AGENT_BYTES_MAX);
        while !user_agent.is_char_boundary(end) {
            end -= 1;
        }
        let user_agent = &user_agent[..end];
        if let Some(device) = self.known.get(user_agent) {
            return device;
        }
        let device = self.detect(user_agent);
        self.known.insert(user_agent.into(), device.clone());
        device
    }

    fn detect(&self, agent: &str) -> Device {
        let first = |table: &[(&str, &'static str)]| {
            table.iter().find(|(mark, _)| agent.contains(mark)).map_or("Other", |(_, name)| *name)
        };
        let bot = if agent.trim().is_empty() {
            Some("no user agent")
        } else if !is_in_app(agent) && (self.crawlers.is_match(agent) || agent.contains("HeadlessChrome")) {
            Some("known crawler or preview")
        } else {
            None
        };
        let os = first(&[
            ("iPhone", "iOS"),
            ("iPad", "iOS"),
            ("iPod", "iOS"),
            ("Android", "Android"),
            ("Windows", "Windows"),
            ("CrOS", "ChromeOS"),
            ("Mac OS X", "macOS"),
            ("Macintosh", "macOS"),
            ("Linux", "Linux"),
        ]);
        let browser = first(&[
            ("Instagram", "Instagram"),
            ("MetaIAB", "Facebook"),
            ("FBAN", "Facebook"),
            ("FBAV", "Facebook"),
            ("musical_ly", "TikTok"),
            ("BytedanceWebview", "TikTok"),
            ("TikTok", "TikTok"),
            ("Snapchat", "Snapchat"),
            ("Pinterest", "Pinterest"),
            ("LinkedInApp", "LinkedIn"),
            ("Edg", "Edge"),
            ("OPR/", "Opera"),
            ("SamsungBrowser", "Samsung Internet"),
            ("Firefox", "Firefox"),
            ("FxiOS", "Firefox"),
            ("CriOS", "Chrome"),
            ("Chrome", "Chrome"),
            ("Safari", "Safari"),
        ]);
        let is_tablet = agent.contains("iPad") || (agent.contains("Android") && !agent.contains("Mobile"));
        let kind = match os {
            _ if is_tablet => "tablet",
            "iOS" | "Android" => "mobile",
            "Windows" | "macOS" | "Linux" | "ChromeOS" => "desktop",
            _ => "unknown",
        };
        Device { kind, browser, os, bot }
    }
}

/// Whether it is the browser inside a social network's app. The list of crawlers has one of them, and such a mistake would cost
/// a creator all sales of that network.
fn is_in_app(agent: &str) -> bool {
    let is_phone = ["Mozilla/5.0 (iPhone;", "Mozilla/5.0 (iPad;", "Mozilla/5.0 (Linux; Android"];
    is_phone.iter().any(|start| agent.starts_with(start)) && IN_APP_MARKS.iter().any(|mark| agent.contains(mark))
}

/// Why a request is not a person's top-level navigation, judged by headers that browsers send by default; `None` if it
/// is one.
///
/// Images, frames, scripts and prefetches (`purpose`, as browsers and the Facebook app say it) are redirected but earn no
/// credit: cookie stuffing uses them. A browser that sends none of these headers is trusted.
pub fn not_a_visit(
    method_is_head: bool,
    fetch_dest: Option<&str>,
    fetch_mode: Option<&str>,
    purpose: Option<&str>,
) -> Option<&'static str> {
    if method_is_head {
        Some("HEAD request")
    } else if purpose.is_some_and(|purpose| AHEAD.iter().any(|mark| purpose.contains(mark))) {
        Some(PREFETCH)
    } else if fetch_dest.is_some_and(|dest| dest != "document") || fetch_mode.is_some_and(|mode| mode != "navigate") {
        Some("not a top-level navigation")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_crawler_pattern_compiles() {
        let listed = include_str!("../data/crawlers.txt").lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(Agents::new().crawlers.len(), listed);
    }

    #[test]
    fn crawlers_are_bots_and_browsers_are_not() {
        let agents = Agents::new();
        let instagram = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/21F90 Instagram 334.0.4.32.98 (iPhone14,5; iOS 17_5; en_US; en; scale=3.00; 1170x2532; 609775437)";
        let seen = agents.classify(instagram);
        assert_eq!((seen.kind, seen.browser, seen.os, seen.bot), ("mobile", "Instagram", "iOS", None));
        let chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36";
        let seen = agents.classify(chrome);
        assert_eq!((seen.kind, seen.browser, seen.os, seen.bot), ("desktop", "Chrome", "Windows", None));
        let tablet = "Mozilla/5.0 (Linux; Android 13; SM-X906C) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36";
        assert_eq!(agents.classify(tablet).kind, "tablet");
        for bot in [
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
            "WhatsApp/2.23.20.0",
            "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
            "curl/8.4.0",
            "",
            "  ",
            "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/41.0.2272.96 Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        ] {
            assert!(agents.classify(bot).bot.is_some(), "{bot}");
        }
        assert_eq!(agents.classify(&"ü".repeat(400)).kind, "unknown");
    }

    #[test]
    fn browsers_inside_apps_are_people() {
        let agents = Agents::new();
        let iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)";
        let android = "Mozilla/5.0 (Linux; Android 15; Pixel 9 Build/BP1A.250505.005; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/142.0.7444.48 Mobile Safari/537.36";
        let apps = [
            (iphone, "Version/18.6 Mobile/22G100 Safari/604.1 MetaIAB Facebook", "Facebook"),
            (android, "MetaIAB Facebook", "Facebook"),
            (android, "MetaIAB Instagram", "Instagram"),
            (
                iphone,
                "Mobile/22G100 [FBAN/FBIOS;FBAV/520.0.0.38.101;FBBV/756351453;FBDV/iPhone14,5;FBSN/iOS;FBSV/18.6]",
                "Facebook",
            ),
            (android, "[FB_IAB/FB4A;FBAV/525.0.0.53.109;IABMV/1;]", "Facebook"),
            (
                iphone,
                "Mobile/22G100 Instagram 395.0.0.19.102 (iPhone14,5; iOS 18_6; en_US; en; scale=3.00; 1170x2532; 775332130)",
                "Instagram",
            ),
            (
                android,
                "Instagram 395.0.0.33.200 Android (35/15; 420dpi; 1080x2400; Google/google; Pixel 9; tokay; tokay; en_US)",
                "Instagram",
            ),
            (iphone, "Mobile/22G100 Barcelona 395.0.0.19.102 (iPhone14,5; iOS 18_6; en_US; en)", "Other"),
            (
                android,
                "musical_ly_2024105030 JsSdk/1.0 NetType/WIFI Channel/googleplay AppName/musical_ly app_version/41.5.3 BytedanceWebview/d8a21c6",
                "TikTok",
            ),
            (iphone, "Mobile/22G100 BytedanceWebview/d8a21c6 TikTok 41.5.0", "TikTok"),
            (iphone, "Mobile/22G100 Snapchat/13.50.0.40 (like Safari/8621.3.11.10.3, panda)", "Snapchat"),
            (iphone, "Mobile/22G100 [Pinterest/iOS]", "Pinterest"),
            (android, "[Pinterest/Android]", "Pinterest"),
            (iphone, "Mobile/22G100 [LinkedInApp]/9.31.4521", "LinkedIn"),
            (iphone, "Mobile/22G100 Twitter for iPhone/11.20", "Other"),
            (iphone, "Version/18.6 Mobile/15E148 Safari/604.1", "Safari"),
        ];
        for (system, app, browser) in apps {
            let seen = agents.classify(&format!("{system} {app}"));
            assert_eq!((seen.bot, seen.kind), (None, "mobile"), "{app}");
            assert!(browser == "Other" || seen.browser == browser, "{app}: {}", seen.browser);
        }
    }

    #[test]
    fn only_top_level_navigations_are_visits() {
        assert_eq!(not_a_visit(false, Some("document"), Some("navigate"), None), None);
        assert_eq!(not_a_visit(false, None, None, None), None);
        assert!(not_a_visit(true, None, None, None).is_some());
        assert!(not_a_visit(false, Some("image"), Some("no-cors"), None).is_some());
        assert!(not_a_visit(false, Some("iframe"), Some("navigate"), None).is_some());
        assert!(not_a_visit(false, Some("document"), Some("navigate"), Some("prefetch;prerender")).is_some());
        assert!(not_a_visit(false, Some("document"), Some("navigate"), Some("preview")).is_some());
    }
}
