//! Who and what the sample is about: products, creators, campaigns and links.

/// What the shop sells.
pub(super) struct Product {
    /// Its handle in the storefront's URLs.
    pub(super) handle: &'static str,
    pub(super) title: &'static str,
    pub(super) cents: i64,
    /// How often it is bought.
    pub(super) weight: usize,
}

const fn product(handle: &'static str, title: &'static str, cents: i64, weight: usize) -> Product {
    Product { handle, title, cents, weight }
}

/// The products of the simulated storefront.
pub(super) const PRODUCTS: [Product; 6] = [
    product("linen-shirt", "Linen shirt", 4_999, 30),
    product("canvas-tote", "Canvas tote", 2_450, 18),
    product("wool-socks", "Wool socks", 1_205, 16),
    product("denim-jacket", "Denim jacket", 9_800, 10),
    product("cotton-cap", "Cotton cap", 2_200, 14),
    product("weekend-bag", "Weekend bag", 13_900, 7),
];

/// An account of a creator.
pub(super) struct Account {
    /// Platform, as a link names it.
    pub(super) platform: &'static str,
    pub(super) followers: u64,
    /// Engagement in basis points.
    pub(super) engagement_bp: u32,
}

const fn account(platform: &'static str, followers: u64, engagement_bp: u32) -> Account {
    Account { platform, followers, engagement_bp }
}

/// A creator of the sample.
pub(super) struct Creator {
    pub(super) first: &'static str,
    pub(super) last: &'static str,
    pub(super) handle: &'static str,
    pub(super) tier: &'static str,
    pub(super) status: &'static str,
    pub(super) tags: &'static [&'static str],
    pub(super) aliases: &'static [&'static str],
    pub(super) accounts: &'static [Account],
    /// Days before the end of the story when they were added.
    pub(super) since: i64,
}

impl Creator {
    /// The address that the brand knows.
    pub(super) fn email(&self) -> String {
        format!("{}@creators.example", self.handle.replace('.', "_"))
    }
}

/// Jessica Styles: most of her links share their revenue, so hers is the creator's page that the demo opens.
pub(super) const JESSICA: usize = 0;
pub(super) const MARCO: usize = 1;
pub(super) const AIKO: usize = 2;
pub(super) const LENA: usize = 3;
pub(super) const SAM: usize = 4;
pub(super) const PRIYA: usize = 5;
pub(super) const TOM: usize = 6;
pub(super) const DIEGO: usize = 8;
pub(super) const HANNAH: usize = 9;

pub(super) const CREATORS: [Creator; 12] = [
    Creator {
        first: "Jessica",
        last: "Styles",
        handle: "jessica_styles",
        tier: "gold",
        status: "active",
        tags: &["fashion", "summer"],
        aliases: &["jess", "jess styles"],
        accounts: &[account("instagram", 184_000, 420), account("tiktok", 96_300, 610)],
        since: 91,
    },
    Creator {
        first: "Marco",
        last: "Bianchi",
        handle: "marco.bianchi",
        tier: "gold",
        status: "active",
        tags: &["menswear", "travel"],
        aliases: &["marco b"],
        accounts: &[account("youtube", 312_000, 280), account("instagram", 58_900, 350)],
        since: 91,
    },
    Creator {
        first: "Aiko",
        last: "Tanaka",
        handle: "aiko.wears",
        tier: "silver",
        status: "active",
        tags: &["minimal"],
        aliases: &["aiko wears"],
        accounts: &[account("tiktok", 141_000, 730)],
        since: 91,
    },
    Creator {
        first: "Lena",
        last: "Hoffmann",
        handle: "lenahoffmann",
        tier: "silver",
        status: "active",
        tags: &["sustainable"],
        aliases: &[],
        accounts: &[account("instagram", 72_400, 390)],
        since: 91,
    },
    Creator {
        first: "Sam",
        last: "Okafor",
        handle: "samokafor",
        tier: "silver",
        status: "active",
        tags: &["menswear"],
        aliases: &["sam o"],
        accounts: &[account("youtube", 88_000, 310), account("x", 21_700, 140)],
        since: 90,
    },
    Creator {
        first: "Priya",
        last: "Nair",
        handle: "priya.nair",
        tier: "silver",
        status: "active",
        tags: &["fashion", "office"],
        aliases: &["priya"],
        accounts: &[account("instagram", 64_100, 450), account("linkedin", 12_800, 220)],
        since: 90,
    },
    Creator {
        first: "Tom",
        last: "Eriksen",
        handle: "tomeriksen",
        tier: "bronze",
        status: "active",
        tags: &["outdoor"],
        aliases: &[],
        accounts: &[account("youtube", 41_000, 260)],
        since: 90,
    },
    Creator {
        first: "Chloé",
        last: "Laurent",
        handle: "chloe.laurent",
        tier: "bronze",
        status: "active",
        tags: &["fashion"],
        aliases: &["chloe"],
        accounts: &[account("instagram", 38_500, 520)],
        since: 74,
    },
    Creator {
        first: "Diego",
        last: "Ramos",
        handle: "diegoramos",
        tier: "bronze",
        status: "active",
        tags: &["travel"],
        aliases: &[],
        accounts: &[account("facebook", 29_300, 180)],
        since: 68,
    },
    Creator {
        first: "Hannah",
        last: "Brooks",
        handle: "hannahbrooks",
        tier: "bronze",
        status: "active",
        tags: &["family"],
        aliases: &[],
        accounts: &[account("instagram", 17_900, 640)],
        since: 52,
    },
    Creator {
        first: "Yusuf",
        last: "Demir",
        handle: "yusufdemir",
        tier: "bronze",
        status: "paused",
        tags: &["outdoor"],
        aliases: &[],
        accounts: &[account("x", 9_400, 90)],
        since: 88,
    },
    Creator {
        first: "Nina",
        last: "Kowalska",
        handle: "nina.kowalska",
        tier: "bronze",
        status: "invited",
        tags: &["fashion"],
        aliases: &[],
        accounts: &[account("tiktok", 54_000, 810)],
        since: 6,
    },
];

/// A campaign, and how many days before the end it began.
pub(super) const CAMPAIGNS: [(&str, i64); 6] = [
    ("Always on", 91),
    ("Summer linen", 90),
    ("Back to office", 70),
    ("Weekend bag drop", 48),
    ("Autumn layers", 33),
    ("Holiday gift guide", 12),
];

/// What each campaign is to cost, in the brand's currency, and for how many days it runs; empty and 0 if that is open.
pub(super) const CAMPAIGN_PLANS: [(&str, i64); 6] =
    [("", 0), ("2400", 60), ("1200", 42), ("600", 10), ("1800", 60), ("3000", 40)];

/// A link of the sample.
pub(super) struct Link {
    /// Its creator; `None` for the brand's own newsletter.
    pub(super) creator: Option<usize>,
    pub(super) campaign: usize,
    pub(super) product: usize,
    pub(super) platform: &'static str,
    pub(super) content: &'static str,
    pub(super) code: &'static str,
    pub(super) is_shared: bool,
    /// How often it is clicked.
    pub(super) weight: usize,
    /// Days before the end when it was created.
    pub(super) since: i64,
}

/// A link that a creator has on a platform.
const fn link(creator: usize, of: (usize, usize), on: (&'static str, &'static str), weight: usize, since: i64) -> Link {
    let (campaign, product) = of;
    let (platform, content) = on;
    Link { creator: Some(creator), campaign, product, platform, content, code: "", is_shared: false, weight, since }
}

const fn shared(link: Link) -> Link {
    Link { is_shared: true, ..link }
}

const fn with_code(link: Link, code: &'static str) -> Link {
    Link { code, ..link }
}

/// Tom's link whose discount code is used after it was deleted.
pub(super) const DELETED_LINK: usize = 19;
/// Days before the end when it was deleted.
pub(super) const DELETED_LINK_UNTIL: i64 = 45;

pub(super) const LINKS: [Link; 30] = [
    with_code(shared(link(JESSICA, (1, 0), ("instagram", "reel"), 90, 90)), "JESS10"),
    shared(link(JESSICA, (0, 1), ("instagram", "bio_link"), 60, 90)),
    shared(link(JESSICA, (4, 3), ("tiktok", "video"), 55, 33)),
    link(JESSICA, (5, 5), ("instagram", "story"), 40, 12),
    with_code(shared(link(MARCO, (1, 0), ("youtube", "video"), 70, 90)), "MARCO10"),
    shared(link(MARCO, (3, 5), ("youtube", "sponsored_post"), 60, 48)),
    shared(link(MARCO, (0, 4), ("instagram", "bio_link"), 25, 90)),
    shared(link(MARCO, (4, 3), ("instagram", "reel"), 30, 32)),
    with_code(shared(link(AIKO, (1, 0), ("tiktok", "video"), 60, 89)), "AIKO10"),
    link(AIKO, (2, 3), ("tiktok", "video"), 35, 69),
    link(AIKO, (0, 2), ("instagram", "bio_link"), 20, 89),
    with_code(link(LENA, (1, 0), ("instagram", "reel"), 40, 88), "LENA10"),
    link(LENA, (2, 1), ("instagram", "story"), 30, 66),
    link(LENA, (4, 2), ("instagram", "reel"), 25, 31),
    with_code(shared(link(SAM, (2, 3), ("youtube", "video"), 45, 69)), "SAM10"),
    shared(link(SAM, (0, 4), ("x", "sponsored_post"), 15, 88)),
    shared(link(SAM, (3, 5), ("youtube", "video"), 30, 47)),
    with_code(shared(link(PRIYA, (2, 1), ("linkedin", "sponsored_post"), 30, 70)), "PRIYA10"),
    link(PRIYA, (0, 0), ("instagram", "bio_link"), 25, 86),
    with_code(link(TOM, (1, 4), ("youtube", "video"), 20, 88), "TOM10"),
    link(TOM, (3, 5), ("youtube", "sponsored_post"), 25, 46),
    with_code(shared(link(7, (2, 1), ("instagram", "reel"), 25, 68)), "CHLOE10"),
    link(7, (5, 0), ("instagram", "story"), 25, 12),
    shared(link(DIEGO, (3, 5), ("facebook", "affiliate"), 20, 48)),
    link(DIEGO, (0, 2), ("facebook", "affiliate"), 10, 66),
    with_code(link(HANNAH, (4, 2), ("instagram", "reel"), 20, 33), "HANNAH10"),
    link(10, (0, 4), ("x", "affiliate"), 8, 86),
    link(PRIYA, (5, 2), ("instagram", "reel"), 25, 11),
    link(11, (5, 0), ("tiktok", "video"), 0, 5),
    Link { creator: None, ..link(0, (0, 0), ("facebook", "bio_link"), 18, 90) },
];
