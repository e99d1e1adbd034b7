//! One test for each class of hole that clouds like this one have really had, as far as it is the edge's to close; named by the class's
//! number and kept for ever. The services' own stand beside them.

use crate::client::{Client, HOSTNAME, encode};
use crate::world::{PASSWORD, World, world, world_with};
use api::Role;
use api::compute::Compute as _;
use api::identity::Identity as _;
use api::network::Networks as _;
use axum::body::Body;
use axum::extract::Extension;
use axum::http::header::{ACCEPT, CONTENT_TYPE, HOST, ORIGIN, REFERER, UPGRADE};
use axum::http::{Method, Request};
use server::listen::Peer;
use server::metadata;
use std::net::{Ipv4Addr, SocketAddr};
use tower::ServiceExt as _;

/// Tokens that live on after their right: OSSA-2012-010, 2013-011, 2016-005.
#[tokio::test]
async fn security_13_a_right_taken_away_is_gone_with_the_next_request() {
    let world = world().await;
    let project = world.project("p").await;
    let user = world.user("u", project, Role::Member).await;
    let client = world.sign_in("u").await;
    assert_eq!(events(&client, project).await, 200);
    world.cloud.identity.assignment_remove(&world.admin().await, user, project).await.unwrap();
    assert_eq!(events(&client, project).await, 404);
}

async fn events(client: &Client, project: api::ProjectId) -> u16 {
    let request = client.request(Method::GET, &format!("/events?project={project}")).body(Body::empty()).unwrap();
    client.open(request).await.status().as_u16()
}

/// Identity by headers that anybody can write: OSSA-2026-001, 2014-007.
#[tokio::test]
async fn security_15_headers_vouch_for_nobody() {
    let world = world().await;
    let admin = world.admin().await;
    let client = world.visitor();
    let request = client
        .request(Method::GET, "/")
        .header(ACCEPT, "text/html")
        .header("x-user-id", admin.user.to_string())
        .header("x-project-id", admin.project.to_string())
        .header("x-roles", "admin")
        .header("x-identity-status", "Confirmed")
        .header("x-openstack-request-id", "req-chosen");
    let answer = client.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.location(), "/sign-in");
    assert!(answer.header("x-openstack-request-id").starts_with("req-"));
    assert_ne!(answer.header("x-openstack-request-id"), "req-chosen");
}

/// Telling users by the answer: OSSA-2021-003, 2019-006.
#[tokio::test]
async fn security_17_unknown_users_look_like_known_ones() {
    let world = world().await;
    let mut answers = Vec::new();
    for name in ["admin", "nimda"] {
        let answer = world.visitor().post_form("/sign-in", &[("name", name), ("password", "wrong")]).await;
        let nonce =
            answer.text().split("nonce=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or("none").to_owned();
        answers.push((answer.status, answer.text().replace(&nonce, "").replace(name, "")));
    }
    assert_eq!(answers[0], answers[1]);
}

/// Session fixation: OSSA-2012-006.
#[tokio::test]
async fn security_18_signing_in_renews_the_session() {
    let world = world().await;
    let client = world.sign_in("admin").await;
    let first = client.cookie("offing").unwrap();
    client.post_form("/sign-in", &[("name", "admin"), ("password", PASSWORD)]).await;
    let second = client.cookie("offing").unwrap();
    assert_ne!(first, second);
    client.set_cookie("offing", &first);
    assert_eq!(client.get("/").await.location(), "/sign-in", "the session before is no more");

    let planted = "AAAAAAAAAAAAAAAAAAAAAA";
    let victim = world.visitor();
    victim.set_cookie("offing", planted);
    victim.post_form("/sign-in", &[("name", "admin"), ("password", PASSWORD)]).await;
    assert_ne!(victim.cookie("offing").unwrap(), planted);
}

/// Filling the session store without signing in: OSSA-2014-040, again in 2026-009.
#[tokio::test]
async fn security_18_nothing_is_stored_before_sign_in() {
    let world = world().await;
    let client = world.visitor();
    for path in ["/", "/sign-in", "/p/0af7651916cd43dd8448eb211c80319c/instances", "/nothing/here"] {
        client.get(path).await;
    }
    client.post_form("/sign-in", &[("name", "admin"), ("password", "wrong"), ("next", "/p/x")]).await;
    client.post_form("/sign-out", &[]).await;
    assert_eq!(client.cookie("offing"), None);
    assert_eq!(sessions(&world).await, 0);
    world.sign_in("admin").await;
    assert_eq!(sessions(&world).await, 1);
}

async fn sessions(world: &World) -> i64 {
    sqlx::query_scalar("select count(*) from session").fetch_one(world.cloud.db().read()).await.unwrap()
}

/// Stored sessions open nothing: the table holds no id.
#[tokio::test]
async fn security_18_the_stored_session_is_no_key() {
    let world = world().await;
    let client = world.sign_in("admin").await;
    let cookie = client.cookie("offing").unwrap();
    let stored: String =
        sqlx::query_scalar("select id_hash || data from session").fetch_one(world.cloud.db().read()).await.unwrap();
    assert!(!stored.contains(&cookie));
    let again = world.visitor();
    again.set_cookie("offing", &stored[..64]);
    assert_eq!(again.get("/").await.location(), "/sign-in");
}

/// Open redirects: OSSA-2020-008, 2021-002 and its second fix for `///`.
#[tokio::test]
async fn security_19_one_is_only_led_to_our_own_pages() {
    let world = world().await;
    for evil in [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "https://evil.example/",
        "/p/..//evil.example",
        "\t//evil.example",
    ] {
        let signed_in =
            world.visitor().post_form("/sign-in", &[("name", "admin"), ("password", PASSWORD), ("next", evil)]).await;
        assert_eq!(signed_in.location(), "/", "{evil:?}");
        let set = world.visitor().post_form("/preferences", &[("theme", "dark"), ("return", evil)]).await;
        assert_eq!(set.location(), "/", "{evil:?}");
        let path: String = encode(&[("next", evil)]);
        let page = world.visitor().get(&format!("/sign-in?{path}")).await;
        for link in page.html().select(&scraper::Selector::parse("[href], [action]").unwrap()) {
            let target = link.attr("href").or(link.attr("action")).unwrap();
            assert!(!target.contains("evil"), "{target}");
        }
    }
}

/// Script in pages: OSSA-2012-004 and many more. What protects when a page forgets to.
#[tokio::test]
async fn security_20_pages_run_no_script_but_their_own() {
    let world = world().await;
    let mut nonces = Vec::new();
    for _ in 0..2 {
        let page = world.visitor().get("/dev/ui").await;
        let policy = page.header("content-security-policy");
        let scripts = policy.split("; ").find(|part| part.starts_with("script-src")).unwrap();
        assert!(
            !scripts.contains("unsafe-inline") && !scripts.contains("unsafe-eval'")
                || scripts.contains("'wasm-unsafe-eval'")
        );
        assert!(!scripts.replace("'wasm-unsafe-eval'", "").contains("unsafe"), "{scripts}");
        assert!(policy.contains("frame-ancestors 'none'") && policy.contains("base-uri 'none'"));
        let nonce = scripts.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned();
        for script in page.html().select(&scraper::Selector::parse("script").unwrap()) {
            assert_eq!(script.attr("nonce"), Some(nonce.as_str()));
        }
        assert!(page.text().find("javascript:").is_none());
        nonces.push(nonce);
    }
    assert_ne!(nonces[0], nonces[1]);
    for path in ["/healthz", "/nothing", "/events?project=x"] {
        let answer = world.visitor().get(path).await;
        assert!(answer.headers.contains_key("content-security-policy"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
    }
}

/// Requests that another site's page makes a browser send; for consoles OSSA-2015-005.
#[tokio::test]
async fn security_21_other_sites_pages_change_nothing() {
    let world = world().await;
    let client = world.sign_in("admin").await;
    let project = world.admin().await.project;
    let form = |headers: &[(&str, &str)]| {
        let mut request =
            client.request(Method::POST, "/sign-out").header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(Body::empty()).unwrap()
    };
    for headers in [
        &[] as &[_],
        &[(ORIGIN.as_str(), "http://evil.example")],
        &[(ORIGIN.as_str(), "null")],
        &[(REFERER.as_str(), "http://evil.example/cloud.example")],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site"), (ORIGIN.as_str(), "http://cloud.example")],
    ] {
        assert_eq!(client.send(form(headers)).await.status, 403, "{headers:?}");
    }
    let console = format!("/p/{project}/instances/5b1c9c8e-6a4e-4a7e-9d0a-0d8c3f0f6f52/console/vnc");
    let socket =
        client.request(Method::GET, &console).header(UPGRADE, "websocket").header(ORIGIN, "http://evil.example");
    assert_eq!(client.send(socket.body(Body::empty()).unwrap()).await.status, 403);
    assert_ne!(client.get("/").await.location(), "/sign-in", "still signed in");
    assert_eq!(client.send(form(&[(ORIGIN.as_str(), &format!("http://{HOSTNAME}"))])).await.status, 303);
}

/// A proxy's public address counts as ours, and its TLS makes cookies that never travel without.
#[tokio::test]
async fn security_21_behind_a_proxy_the_public_address_is_ours() {
    let world = world_with(|settings| settings.public_url = Some("https://offing.example".parse().unwrap())).await;
    let client = world.visitor();
    let request = client.request(Method::POST, "/sign-in").header(ORIGIN, "https://offing.example");
    let request = request.header(ACCEPT, "text/html").header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    let body = encode(&[("name", "admin"), ("password", PASSWORD)]);
    let answer = client.send(request.body(Body::from(body)).unwrap()).await;
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Host-offing="), "{cookie}");
    for attribute in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
}

/// Metadata by a header that a guest can write: OSSA-2013-033.
#[tokio::test]
async fn security_22_metadata_goes_by_where_a_guest_is() {
    let world = world().await;
    let admin = world.admin().await;
    let (one, two) = (world.launch(&admin, "one").await, world.launch(&admin, "two").await);
    world.settle().await;
    let nic_one = world.cloud.compute.instance_show(&admin, one).await.unwrap().interfaces.remove(0);
    let nic_two = world.cloud.compute.instance_show(&admin, two).await.unwrap().interfaces.remove(0);
    let from: Ipv4Addr = nic_one.address.parse().unwrap();
    let service = metadata::router(world.cloud.clone(), nic_one.network);
    let ask = |peer: Ipv4Addr, path: &str| {
        let service = service.clone().layer(Extension(Peer(SocketAddr::from((peer, 40000)))));
        let request = Request::get(path)
            .header(HOST, "169.254.169.254")
            .header("x-forwarded-for", &nic_two.address)
            .header("x-instance-id", two.to_string())
            .body(Body::empty())
            .unwrap();
        async move {
            let response = service.oneshot(request).await.unwrap();
            let status = response.status().as_u16();
            (
                status,
                String::from_utf8(axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec())
                    .unwrap(),
            )
        }
    };
    let (status, told) = ask(from, "/openstack/latest/meta_data.json").await;
    assert_eq!(status, 200);
    assert!(told.contains(&one.to_string()) && !told.contains(&two.to_string()), "{told}");
    assert_eq!(ask(from, "/latest/meta-data/hostname").await.1, "one");
    assert_eq!(ask(from, "/openstack/latest/none").await.0, 404);
    assert_eq!(ask(Ipv4Addr::new(10, 255, 0, 1), "/openstack/latest/meta_data.json").await.0, 404, "nobody is there");

    // The same address in another project's network is another guest, or none.
    let other = world.project("other").await;
    let stranger = world.cloud.identity.caller(world.admin().await.user, other, "req-test").await.unwrap();
    let network = world.cloud.networks.starter_network_create(&stranger).await.unwrap();
    let service =
        metadata::router(world.cloud.clone(), network).layer(Extension(Peer(SocketAddr::from((from, 40000)))));
    let request = Request::get("/openstack/latest/meta_data.json").body(Body::empty()).unwrap();
    assert_eq!(service.oneshot(request).await.unwrap().status(), 404);
}

/// Long input before it is hashed: OSSA-2012-002, 2013-003.
#[tokio::test]
async fn security_27_long_input_is_refused_unread() {
    let world = world().await;
    let client = world.visitor();
    let long = "x".repeat(100_000);
    assert_eq!(client.post_form("/sign-in", &[("name", "admin"), ("password", &long)]).await.status, 413);
    assert_eq!(client.post_form("/preferences", &[("theme", &long)]).await.status, 413);
    let fits = "x".repeat(10_000);
    assert_eq!(client.post_form("/sign-in", &[("name", "admin"), ("password", &fits)]).await.status, 400);
}
