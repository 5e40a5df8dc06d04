//! What pages ask of the server. Each proves the caller first.
#![expect(clippy::too_many_arguments, reason = "the fields of a form are the arguments of its server function")]

use leptos::prelude::*;

#[cfg(feature = "ssr")]
use crate::server_context::{creator, merchant, refused};
#[cfg(feature = "ssr")]
use crate::view::make;
use crate::{error::AppError, view};

#[cfg(feature = "ssr")]
pub(crate) fn period_of(flow: &flow::Flow, brand: &domain::brand::Brand, from: &str, to: &str) -> domain::time::Period {
    use domain::time::{Day, Period};
    let today = flow.today(brand);
    match (Day::parse(from), Day::parse(to)) {
        (Some(from), Some(to)) => Period::between(from, to),
        (Some(from), None) => Period::between(from, today),
        _ => Period::last(30, today),
    }
}

/// The brand's overview. Empty dates mean the last 30 days.
#[server(prefix = "/api/fn", endpoint = "overview")]
pub async fn overview(from: String, to: String) -> Result<view::OverviewView, AppError> {
    let (flow, merchant) = merchant()?;
    let period = period_of(&flow, merchant.brand(), &from, &to);
    let overview = flow.overview(&merchant, period).await.map_err(|error| refused(&error))?;
    Ok(overview_view(&flow, merchant.brand(), &overview))
}

#[cfg(feature = "ssr")]
fn overview_view(
    flow: &flow::Flow,
    brand: &domain::brand::Brand,
    overview: &flow::overview::Overview,
) -> view::OverviewView {
    let currency = brand.currency;
    let in_currency = |figures: &flow::overview::Figures| figures.sales.revenue.get(&currency).copied().unwrap_or(0);
    view::OverviewView {
        brand: brand.name.clone(),
        period: make::period(overview.period, brand),
        total: make::figures(&overview.total, currency),
        all_orders: (
            make::count(overview.orders.conversions),
            make::amounts(&overview.orders.amounts(currency), currency),
        ),
        is_empty: overview.links.is_empty() && overview.orders.conversions == 0,
        clicks_chart: make::bars(
            overview
                .days
                .iter()
                .map(|(day, figures)| (day.short(), figures.clicks.clicks, make::count(figures.clicks.clicks))),
        ),
        revenue_chart: make::bars(overview.days.iter().map(|(day, figures)| {
            let minor = in_currency(figures);
            (day.short(), minor, domain::Money { minor, currency }.to_string())
        })),
        days: overview
            .days
            .iter()
            .map(|(day, figures)| view::DayView { day: day.to_string(), figures: make::figures(figures, currency) })
            .collect(),
        creators: overview
            .creators
            .iter()
            .map(|(creator, figures)| view::RowView {
                name: creator.as_ref().map_or_else(|| "No creator".to_owned(), |one| one.name.clone()),
                note: creator.as_ref().map(|one| format!("@{}", one.handle)).unwrap_or_default(),
                href: creator.as_ref().map(|one| format!("/brand/attribution/creators/{}", one.id)),
                figures: make::figures(figures, currency),
            })
            .collect(),
        campaigns: overview
            .campaigns
            .iter()
            .map(|(campaign, figures)| view::RowView {
                name: campaign.as_ref().map_or_else(|| "No campaign".to_owned(), |one| one.name.clone()),
                note: String::new(),
                href: campaign.as_ref().map(|one| format!("/brand/attribution/links?campaign={}", one.id)),
                figures: make::figures(figures, currency),
            })
            .collect(),
        links: overview.links.iter().map(|(link, figures)| link_row(flow, link, figures, currency)).collect(),
    }
}

#[cfg(feature = "ssr")]
fn link_row(
    flow: &flow::Flow,
    link: &domain::link::Link,
    figures: &flow::overview::Figures,
    currency: domain::Currency,
) -> view::RowView {
    let deleted = if link.deleted_at.is_some() { " · deleted" } else { "" };
    view::RowView {
        name: flow.tracking_url(link.code),
        note: format!("{}{deleted}", link.destination),
        href: None,
        figures: make::figures(figures, currency),
    }
}

/// The brand's live links that match the filters; empty filters match all.
#[server(prefix = "/api/fn", endpoint = "links")]
pub async fn links(campaign: String, creator: String) -> Result<view::LinksView, AppError> {
    use domain::link::{ContentType, Platform};
    let (flow, merchant) = merchant()?;
    let links = flow.links(&merchant).await.map_err(|error| refused(&error))?;
    let creators = flow.creators(&merchant).await.map_err(|error| refused(&error))?;
    let campaigns = flow.campaigns(&merchant).await.map_err(|error| refused(&error))?;
    let live: Vec<_> = links.into_iter().filter(|link| link.deleted_at.is_none()).collect();
    let matches = |filter: &str, id: Option<&str>| filter.is_empty() || id == Some(filter);
    let shown = live.iter().filter(|link| {
        matches(&campaign, link.campaign.as_ref().map(domain::CampaignId::as_str))
            && matches(&creator, link.creator.as_ref().map(domain::CreatorId::as_str))
    });
    let zone = &merchant.brand().zone;
    Ok(view::LinksView {
        links: shown
            .map(|link| view::LinkView {
                id: link.id.to_string(),
                url: flow.tracking_url(link.code),
                destination: link.destination.clone(),
                creator: creators
                    .iter()
                    .find(|one| Some(&one.id) == link.creator.as_ref())
                    .map(|one| one.name.clone())
                    .unwrap_or_default(),
                campaign: campaigns
                    .iter()
                    .find(|one| Some(&one.id) == link.campaign.as_ref())
                    .map(|one| one.name.clone())
                    .unwrap_or_default(),
                placement: make::placement(link),
                promo_code: link.promo_code.clone().unwrap_or_default(),
                share_revenue: link.share_revenue,
                created_at: zone.show(link.created_at),
            })
            .collect(),
        is_empty: live.is_empty(),
        creators: creators.iter().map(|one| (one.id.to_string(), format!("{} (@{})", one.name, one.handle))).collect(),
        campaigns: campaigns.iter().map(|one| (one.id.to_string(), one.name.clone())).collect(),
        platforms: Platform::ALL.iter().map(|one| (one.as_str().to_owned(), one.label().to_owned())).collect(),
        content_types: ContentType::ALL.iter().map(|one| (one.as_str().to_owned(), one.label().to_owned())).collect(),
    })
}

/// Makes a link, and on the way a creator or a campaign when a new one is named. Returns the address to share.
#[server(prefix = "/api/fn", endpoint = "create-link")]
pub async fn create_link(
    destination: String,
    campaign: String,
    new_campaign: String,
    creator: String,
    new_creator: String,
    platform: String,
    content_type: String,
    promo_code: String,
    share_revenue: Option<String>,
) -> Result<String, AppError> {
    let (flow, merchant) = merchant()?;
    // Checked before anything is made on the way: bad input must change nothing.
    domain::link::check_destination(&destination, &merchant.brand().destination_hosts)
        .map_err(|error| refused(&flow::Invalid::one(format!("destination URL {error}")).into()))?;
    let campaign = if new_campaign.trim().is_empty() {
        campaign
    } else {
        flow.campaign_named(&merchant, &new_campaign).await.map_err(|error| refused(&error))?.id.into()
    };
    let creator = if new_creator.trim().is_empty() {
        creator
    } else {
        flow.creator_named(&merchant, &new_creator).await.map_err(|error| refused(&error))?.id.into()
    };
    let new = flow::link::NewLink {
        destination,
        campaign,
        creator,
        platform,
        content_type,
        promo_code,
        share_revenue: share_revenue.is_some(),
        expires_at: None,
    };
    let link = flow.create_link(&merchant, &new).await.map_err(|error| refused(&error))?;
    Ok(flow.tracking_url(link.code))
}

/// Deletes a link softly.
#[server(prefix = "/api/fn", endpoint = "delete-link")]
pub async fn delete_link(id: String) -> Result<(), AppError> {
    let (flow, merchant) = merchant()?;
    let id = id.parse().map_err(|_| refused(&flow::FlowError::NotFound("link")))?;
    flow.delete_link(&merchant, &id).await.map_err(|error| refused(&error))
}

/// The brand's creators with the figures of the last 30 days.
#[server(prefix = "/api/fn", endpoint = "creators")]
pub async fn creators() -> Result<Vec<view::CreatorView>, AppError> {
    let (flow, merchant) = merchant()?;
    let period = period_of(&flow, merchant.brand(), "", "");
    let all = flow.creators(&merchant).await.map_err(|error| refused(&error))?;
    let overview = flow.overview(&merchant, period).await.map_err(|error| refused(&error))?;
    let currency = merchant.brand().currency;
    Ok(all
        .into_iter()
        .map(|creator| {
            let found = overview.creators.iter().find(|(one, _)| one.as_ref().is_some_and(|one| one.id == creator.id));
            let figures = found.map(|(_, figures)| figures.clone()).unwrap_or_default();
            creator_view(&creator, &figures, currency)
        })
        .collect())
}

#[cfg(feature = "ssr")]
fn creator_view(
    creator: &domain::creator::Creator,
    figures: &flow::overview::Figures,
    currency: domain::Currency,
) -> view::CreatorView {
    view::CreatorView {
        id: creator.id.to_string(),
        name: creator.name.clone(),
        handle: format!("@{}", creator.handle),
        figures: make::figures(figures, currency),
    }
}

/// Adds a creator.
#[server(prefix = "/api/fn", endpoint = "create-creator")]
pub async fn create_creator(name: String, handle: String, email: String) -> Result<(), AppError> {
    let (flow, merchant) = merchant()?;
    flow.create_creator(&merchant, &name, &handle, &email).await.map(|_| ()).map_err(|error| refused(&error))
}

/// One creator, for the brand.
#[server(prefix = "/api/fn", endpoint = "creator")]
pub async fn creator_detail(id: String, from: String, to: String) -> Result<view::CreatorDetailView, AppError> {
    let (flow, merchant) = merchant()?;
    let id = id.parse().map_err(|_| refused(&flow::FlowError::NotFound("creator")))?;
    let period = period_of(&flow, merchant.brand(), &from, &to);
    let (who, overview) = flow.creator_for_brand(&merchant, &id, period).await.map_err(|error| refused(&error))?;
    let currency = merchant.brand().currency;
    Ok(view::CreatorDetailView {
        creator: creator_view(&who, &overview.total, currency),
        period: make::period(period, merchant.brand()),
        links: overview.links.iter().map(|(link, figures)| link_row(&flow, link, figures, currency)).collect(),
        aliases: who.aliases.join(", "),
        tier: who.tier.clone().unwrap_or_default(),
        partner_code: who.partner_code.as_ref().map(ToString::to_string).unwrap_or_default(),
        balances: {
            let mut balances = flow.balances(&merchant).await.map_err(|error| refused(&error))?;
            balances.retain(|balance| balance.creator == who.id);
            crate::server_fn_money::balance_grid(&balances, core::slice::from_ref(&who))
        },
    })
}

/// Makes a link that signs a creator in once.
#[server(prefix = "/api/fn", endpoint = "creator-sign-in-link")]
pub async fn creator_sign_in_link(id: String) -> Result<String, AppError> {
    let (flow, merchant) = merchant()?;
    let id = id.parse().map_err(|_| refused(&flow::FlowError::NotFound("creator")))?;
    flow.sign_in_link(&merchant, Some(&id)).await.map_err(|error| refused(&error))
}

/// The signed-in creator's own page.
#[server(prefix = "/api/fn", endpoint = "creator-home")]
pub async fn creator_home(from: String, to: String) -> Result<view::CreatorHomeView, AppError> {
    use flow::overview::SharedRevenue;
    let (flow, session) = creator()?;
    let brand = session.brand();
    let period = period_of(&flow, brand, &from, &to);
    let own = flow.creator_overview(&session, period).await.map_err(|error| refused(&error))?;
    let shown = |revenue: &SharedRevenue| match revenue {
        SharedRevenue::Hidden => None,
        SharedRevenue::Shown(amounts) => Some(make::amounts(amounts, brand.currency)),
    };
    Ok(view::CreatorHomeView {
        name: own.creator.name.clone(),
        brand: brand.name.clone(),
        period: make::period(period, brand),
        clicks: make::count(own.clicks.clicks),
        unique_clicks: make::count(own.clicks.unique_clicks),
        conversions: make::count(own.conversions),
        revenue: shown(&own.revenue),
        clicks_chart: make::bars(
            own.days.iter().map(|(day, clicks, _)| (day.short(), clicks.clicks, make::count(clicks.clicks))),
        ),
        links: own
            .links
            .iter()
            .map(|link| view::OwnLinkView {
                url: flow.tracking_url(link.link.code),
                destination: link.link.destination.clone(),
                clicks: make::count(link.clicks.clicks),
                unique_clicks: make::count(link.clicks.unique_clicks),
                conversions: make::count(link.conversions),
                revenue: shown(&link.revenue),
            })
            .collect(),
        earnings: crate::server_fn_money::own_balance_grid(
            &flow.creator_balances(&session).await.map_err(|error| refused(&error))?,
        ),
        milestones: flow
            .creator_milestones(&session)
            .await
            .map_err(|error| refused(&error))?
            .into_iter()
            .map(|(name, at)| {
                let orders = name.strip_prefix("orders:").unwrap_or(&name);
                format!("{orders} orders, {}", brand.zone.show(at))
            })
            .collect(),
    })
}

#[cfg(feature = "ssr")]
fn order_view(
    brand: &domain::brand::Brand,
    creators: &[domain::creator::Creator],
    record: &flow::order::OrderRecord,
) -> view::OrderView {
    let order = &record.order;
    let credits = record.attribution.as_ref().map(|one| one.credits.as_slice()).unwrap_or_default();
    let name_of = |credit: &domain::attribution::Credit| {
        let creator = creators.iter().find(|one| Some(&one.id) == credit.creator.as_ref());
        creator.map_or_else(|| "a link without a creator".to_owned(), |one| one.name.clone())
    };
    view::OrderView {
        id: order.id.to_string(),
        name: order.name.clone(),
        placed_at: brand.zone.show(order.placed_at),
        revenue: domain::Money { minor: order.net_minor(), currency: order.currency }.to_string(),
        credited_to: each_once(credits.iter().map(name_of)),
        evidence: each_once(credits.iter().map(|credit| credit.kind.as_str().to_owned())),
        status: make::order_status(order),
    }
}

/// Names in their order, each once: several links of one creator may share an order.
#[cfg(feature = "ssr")]
fn each_once(names: impl Iterator<Item = String>) -> String {
    let mut told: Vec<String> = Vec::new();
    for name in names {
        if !told.contains(&name) {
            told.push(name);
        }
    }
    told.join(", ")
}

/// The brand's latest orders.
#[server(prefix = "/api/fn", endpoint = "orders")]
pub async fn orders() -> Result<Vec<view::OrderView>, AppError> {
    let (flow, merchant) = merchant()?;
    let orders = flow.orders(&merchant).await.map_err(|error| refused(&error))?;
    let creators = flow.creators(&merchant).await.map_err(|error| refused(&error))?;
    Ok(orders.iter().map(|record| order_view(merchant.brand(), &creators, record)).collect())
}

/// One order and why it is credited as it is.
#[server(prefix = "/api/fn", endpoint = "order")]
pub async fn order_detail(id: String) -> Result<view::OrderDetailView, AppError> {
    let (flow, merchant) = merchant()?;
    let id = id.parse().map_err(|_| refused(&flow::FlowError::NotFound("order")))?;
    let record = flow.order(&merchant, &id).await.map_err(|error| refused(&error))?;
    let creators = flow.creators(&merchant).await.map_err(|error| refused(&error))?;
    let zone = &merchant.brand().zone;
    let name_of = |piece: &domain::evidence::Evidence| {
        let creator = creators.iter().find(|one| Some(&one.id) == piece.creator.as_ref());
        match (creator, piece.code) {
            (Some(one), Some(code)) => format!("{} (link {code})", one.name),
            (Some(one), None) => one.name.clone(),
            (None, Some(code)) => format!("link {code}"),
            (None, None) => "nobody".to_owned(),
        }
    };
    let entries = flow.ledger_of_order(&merchant, &id).await.map_err(|error| refused(&error))?;
    let links = flow.links(&merchant).await.map_err(|error| refused(&error))?;
    let who = |id: Option<&domain::CreatorId>| crate::server_fn_money::name_of(&creators, id);
    let currency = record.order.currency;
    let money = |minor| domain::Money { minor, currency }.to_string();
    let journey = record.attribution.iter().flat_map(|one| &one.journey).map(|touch| {
        let [first, last, linear, position, decay] = touch.amounts_minor.map(money);
        let when = format!("{} · {} · {}", who(touch.creator.as_ref()), touch.kind.as_str(), zone.show(touch.at));
        [when, first, last, linear, position, decay]
    });
    let journey = make::grid(
        "Journey",
        ["Touchpoint", "First touch", "Last touch", "Linear", "Position based", "Time decay"],
        false,
        journey.collect::<Vec<_>>(),
    );
    let is_by_hand = record
        .attribution
        .iter()
        .flat_map(|one| &one.evidence)
        .any(|piece| piece.kind == domain::evidence::EvidenceKind::Manual);
    let evidence = record.attribution.iter().flat_map(|one| &one.evidence);
    Ok(view::OrderDetailView {
        order: order_view(merchant.brand(), &creators, &record),
        explanation: match &record.attribution {
            Some(attribution) => flow::explain::explain(&record.order, &record.visitors, attribution, zone, name_of),
            None => vec!["The order has arrived and is about to be settled.".to_owned()],
        },
        evidence: evidence
            .map(|piece| view::EvidenceView {
                at: zone.show(piece.at),
                kind: piece.kind.as_str().to_owned(),
                source: piece.source.clone(),
                names: name_of(piece),
                confidence: format!("{} %", piece.confidence_bp / 100),
                verdict: make::verdict(piece),
                is_counted: piece.refused.is_none(),
            })
            .collect(),
        journey,
        ledger: crate::server_fn_money::ledger_grid(&entries, &creators, zone),
        links: links
            .iter()
            .filter(|link| link.deleted_at.is_none() && link.creator.is_some())
            .map(|link| (link.id.to_string(), format!("{} · {}", who(link.creator.as_ref()), link.code)))
            .collect(),
        is_by_hand,
        customer: flow
            .customer_of_order(&merchant, &record.order)
            .await
            .map_err(|error| refused(&error))?
            .map(|id| format!("/brand/attribution/customers/{id}")),
    })
}

/// One customer, by our id or whatever else names them.
#[server(prefix = "/api/fn", endpoint = "customer")]
pub async fn customer_detail(id: String) -> Result<view::CustomerView, AppError> {
    let (flow, merchant) = merchant()?;
    let found = flow.customer_with_currencies(&merchant, &id).await.map_err(|error| refused(&error))?;
    Ok(make::customer(&found.0["customer"], &found.1))
}

/// Keys, pixel snippet and health.
#[server(prefix = "/api/fn", endpoint = "setup")]
pub async fn setup() -> Result<view::SetupView, AppError> {
    let (flow, merchant) = merchant()?;
    let keys = flow.keys(&merchant).await.map_err(|error| refused(&error))?;
    let health = flow.health(&merchant).await.map_err(|error| refused(&error))?;
    let audit = flow.audit_log(&merchant).await.map_err(|error| refused(&error))?;
    let zone = &merchant.brand().zone;
    let pixel = domain::event::TYPES.map(|kind| {
        let last = health.pixel.last_seen.iter().find(|(name, _)| name == kind);
        view::HealthView {
            name: kind.to_owned(),
            state: last.map_or_else(|| "never seen".to_owned(), |(_, at)| format!("last seen {}", zone.show(*at))),
            is_well: last.is_some(),
        }
    });
    let mut shops = Vec::new();
    for (shop, subscriptions) in &health.shops {
        let (state, is_well) = if let Some(at) = shop.uninstalled_at {
            (format!("not installed since {}", zone.show(at)), false)
        } else if shop.needs_reauth {
            ("access has expired: open the app in the Shopify admin once".to_owned(), false)
        } else {
            (format!("installed {}", zone.show(shop.installed_at)), true)
        };
        shops.push(view::HealthView { name: shop.domain.to_string(), state, is_well });
        let last = shop
            .last_webhook_at
            .map_or_else(|| "none has arrived yet".to_owned(), |at| format!("the last arrived {}", zone.show(at)));
        let topics = subscriptions.iter().map(|one| one.topic.as_str()).collect::<Vec<_>>().join(", ");
        let state = if topics.is_empty() { "none registered".to_owned() } else { format!("{topics}; {last}") };
        shops.push(view::HealthView { name: "Webhooks".to_owned(), state, is_well: !topics.is_empty() });
    }
    Ok(view::SetupView {
        pixel_url: format!("{}/api/v1/track/pixel.js", flow.settings().public_url),
        keys: keys
            .iter()
            .map(|key| view::KeyView {
                id: key.id.0.clone(),
                kind: key.kind.as_str().to_owned(),
                mode: if key.is_test { "test" } else { "live" }.to_owned(),
                created_at: zone.show(key.created_at),
                revoked_at: key.revoked_at.map(|at| zone.show(at)),
            })
            .collect(),
        pixel: pixel.into(),
        shops,
        audit: audit
            .into_iter()
            .take(10)
            .map(|(at, actor, action, subject)| (zone.show(at), actor, format!("{action} {subject}")))
            .collect(),
    })
}

/// Makes a key. The answer is the only time that the key is shown.
#[server(prefix = "/api/fn", endpoint = "create-key")]
pub async fn create_key(kind: String, test: Option<String>) -> Result<String, AppError> {
    let (flow, merchant) = merchant()?;
    let kind = domain::api_key::KeyKind::parse(&kind)
        .ok_or_else(|| refused(&flow::Invalid::one("kind must be server or pixel").into()))?;
    let (_, key) = flow.create_key(&merchant, kind, test.is_some()).await.map_err(|error| refused(&error))?;
    Ok(key)
}

/// Revokes a key.
#[server(prefix = "/api/fn", endpoint = "revoke-key")]
pub async fn revoke_key(id: String) -> Result<(), AppError> {
    let (flow, merchant) = merchant()?;
    flow.revoke_key(&merchant, &domain::api_key::KeyId(id)).await.map_err(|error| refused(&error))
}

/// Whether a sign-in link would work.
#[server(prefix = "/api/fn", endpoint = "sign-in-link-works")]
pub async fn sign_in_link_works(token: String) -> Result<bool, AppError> {
    let flow = crate::server_context::flow()?;
    flow.sign_in_link_works(&token).await.map_err(|error| refused(&error))
}
