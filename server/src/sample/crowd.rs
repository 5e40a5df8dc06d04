//! Shoppers: their names, browsers and countries, and the apps that they come from.

use super::dice::Dice;

const FIRST_NAMES: [&str; 40] = [
    "Ava", "Liam", "Noah", "Emma", "Olivia", "Mia", "Lucas", "Ella", "Leo", "Zoe", "Ivy", "Finn", "Maya", "Owen",
    "Nora", "Theo", "Ruby", "Hugo", "Alice", "Felix", "Clara", "Oscar", "Elif", "Jonas", "Sofia", "Mateo", "Freya",
    "Kofi", "Ines", "Ravi", "Hana", "Peter", "Greta", "Pablo", "Anna", "Malik", "Louise", "Erik", "Julia", "Daniel",
];
const LAST_NAMES: [&str; 40] = [
    "Smith", "Johnson", "Garcia", "Miller", "Davis", "Lopez", "Wilson", "Anderson", "Thomas", "Moore", "Martin", "Lee",
    "Clark", "Lewis", "Walker", "Young", "King", "Wright", "Scott", "Green", "Baker", "Adams", "Nelson", "Hill",
    "Rivera", "Campbell", "Mitchell", "Carter", "Roberts", "Schmidt", "Fischer", "Rossi", "Dubois", "Jansen",
    "Nilsson", "Novak", "Silva", "Mensah", "Khan", "Sato",
];

/// Agents by the platform that the link is on: inside its app.
const INSTAGRAM: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
     Mobile/22B83 Instagram 355.0.0.30.103 (iPhone15,3; iOS 18_1; en_US; en; scale=3.00; 1290x2796; 660573823)";
const TIKTOK: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
     Mobile/22B83 musical_ly_37.0.0 BytedanceWebview/d8a21c6";
const FACEBOOK: &str = "Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 \
     Chrome/129.0.0.0 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/486.0.0.57.70;]";
const LINKEDIN: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
     Mobile/15E148 [LinkedInApp]/9.30.1285";
/// Agents of people who open links in their own browser, with how common they are.
const BROWSERS: [(&str, usize); 7] = [
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 \
         Mobile/15E148 Safari/604.1",
        34,
    ),
    (
        "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile \
         Safari/537.36",
        22,
    ),
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
        16,
    ),
    (
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 \
         Safari/605.1.15",
        12,
    ),
    (
        "Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 \
         Mobile/15E148 Safari/604.1",
        6,
    ),
    ("Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0", 5),
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 \
         Safari/537.36 Edg/130.0.0.0",
        5,
    ),
];
/// Programs that follow links.
pub(super) const CRAWLERS: [&str; 4] = [
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "WhatsApp/2.24.21.79 A",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
];

/// Countries, and how many shoppers are there.
const COUNTRIES: [(&str, usize); 8] =
    [("US", 58), ("GB", 12), ("CA", 9), ("DE", 7), ("FR", 5), ("AU", 4), ("NL", 3), ("IE", 2)];

/// A shopper with one browser.
#[derive(Clone, Debug)]
pub(super) struct Person {
    pub(super) email: String,
    /// Shopify's customer id.
    pub(super) customer: u64,
    pub(super) agent: &'static str,
    pub(super) country: &'static str,
    pub(super) referrer: Option<&'static str>,
    /// The cookie, once they have one.
    pub(super) pv_id: Option<String>,
    /// The code of the link that brought them last.
    pub(super) last_code: Option<String>,
}

impl Person {
    /// The shopper with this number, who comes from a platform, if from any.
    pub(super) fn new(number: usize, platform: &str) -> Self {
        let mut dice = Dice::of("person", number);
        let (first, last) = (dice.pick(&FIRST_NAMES).unwrap_or("Ava"), dice.pick(&LAST_NAMES).unwrap_or("Smith"));
        let is_in_app = dice.percent(55);
        let own = BROWSERS[dice.weighted(&BROWSERS.map(|(_, weight)| weight))].0;
        let (referrer, app) = match platform {
            "instagram" => (Some("https://l.instagram.com/"), Some(INSTAGRAM)),
            "tiktok" => (Some("https://www.tiktok.com/"), Some(TIKTOK)),
            "youtube" => (Some("https://www.youtube.com/"), None),
            "facebook" => (Some("https://m.facebook.com/"), Some(FACEBOOK)),
            "linkedin" => (Some("https://www.linkedin.com/"), Some(LINKEDIN)),
            "x" => (Some("https://t.co/"), None),
            _ => (None, None),
        };
        Self {
            email: format!("{}.{}{number}@shoppers.example", first.to_lowercase(), last.to_lowercase()),
            customer: 7_100_000_000_000 + number as u64,
            agent: app.filter(|_| is_in_app).unwrap_or(own),
            country: COUNTRIES[dice.weighted(&COUNTRIES.map(|(_, weight)| weight))].0,
            // Some apps and settings send none.
            referrer: referrer.filter(|_| dice.percent(86)),
            pv_id: None,
            last_code: None,
        }
    }
}
