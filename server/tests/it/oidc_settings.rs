//! What those who run the cloud say of a domain's provider of identity: the form, the secret, and trying it.

use crate::oidc::{Organisation, refused};
use crate::oidc_provider::SECRET;

#[tokio::test]
async fn faults_of_the_form_stand_by_their_fields() {
    let organisation = Organisation::new().await;
    let (client, own) = (organisation.world.sign_in("admin").await, organisation.world.admin().await.project);
    let page = format!("/p/{own}/admin/domains/{}/provider", organisation.domain);
    let (project, domain) = (own.to_string(), organisation.domain.to_string());
    let fields = [
        ("project", project.as_str()),
        ("id", &domain),
        ("name", ""),
        ("issuer", "http://sso.example.org"),
        ("client_id", ""),
        ("scopes", "pro\"file"),
        ("name_claim", ""),
        ("groups", "employee=Nobody"),
        ("secret", "typed again"),
    ];
    let refused = client.post_from(&page, "/api/provider_set", &fields).await;
    assert_eq!(refused.status, 400);
    for name in ["name", "issuer", "client_id", "scopes", "name_claim", "groups"] {
        let field = scraper::Selector::parse(&format!("[name={name}][aria-invalid=true]")).unwrap();
        assert!(refused.html().select(&field).next().is_some(), "{name}: {}", refused.text());
    }
    assert!(!refused.text().contains("typed again"));
    let line = client.call("provider_set", &[("project", &project), ("id", &domain), ("groups", "\nemployee")]).await;
    assert!(line.text().contains("{\"NotAProperty\":{\"line\":2}}"), "{}", line.text());
    let kept = client.get(&page).await;
    assert_eq!((kept.field("issuer"), kept.field("groups")), (organisation.provider.issuer(), String::new()));
    assert!(kept.text().contains(">employee=Staff</textarea>"), "{}", kept.text());
}

/// It is sealed, and shown to nobody again.
#[tokio::test]
async fn security_26_the_clients_secret_is_not_given_away() {
    let organisation = Organisation::new().await;
    let (client, own) = (organisation.world.sign_in("admin").await, organisation.world.admin().await.project);
    let page = format!("/p/{own}/admin/domains/{}/provider", organisation.domain);
    let shown = client.get(&page).await;
    assert!(shown.status == 200 && !shown.text().contains(SECRET), "{}", shown.text());
    let copy = organisation.world.data.path().join("copy.db");
    organisation.world.cloud.db().backup(&copy).await.unwrap();
    let bytes = std::fs::read(copy).unwrap();
    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("employee") && !holds(SECRET));
    // Left empty, it is kept.
    organisation.set(|form| form.secret = String::new()).await;
    assert_eq!(organisation.enter().await.1.status, 303);
    organisation.set(|form| form.secret = "another".into()).await;
    refused(&organisation.enter().await.1, "does not hold");
    // Another provider is not told what this one was.
    let (project, domain, issuer) = (own.to_string(), organisation.domain.to_string(), "https://another.example");
    let fields = [
        ("project", project.as_str()),
        ("id", &domain),
        ("name", "Another"),
        ("issuer", issuer),
        ("client_id", "offing"),
        ("name_claim", "login"),
    ];
    let refused = client.call("provider_set", &fields).await;
    assert_eq!(refused.json()["Invalid"][0]["name"], "secret", "{}", refused.text());
}

/// Who has been let in by one that is trusted no more is out.
#[tokio::test]
async fn security_13_another_issuer_ends_the_sessions() {
    let organisation = Organisation::new().await;
    let (visitor, _) = organisation.enter().await;
    organisation.set(|form| form.name = "Renamed".into()).await;
    assert!(!visitor.get("/").await.location().starts_with("/sign-in"), "the same provider");
    organisation.set(|form| form.issuer = "https://another.example".into()).await;
    assert!(visitor.get("/").await.location().starts_with("/sign-in"));
}

#[tokio::test]
async fn a_provider_can_be_tried() {
    let organisation = Organisation::new().await;
    let (client, own) = (organisation.world.sign_in("admin").await, organisation.world.admin().await.project);
    let page = format!("/p/{own}/admin/domains/{}/provider", organisation.domain);
    let (project, domain) = (own.to_string(), organisation.domain.to_string());
    let fields = [("project", project.as_str()), ("id", domain.as_str())];
    let tried = client.post_from(&page, "/api/provider_test", &fields).await;
    assert!(tried.status == 200 && tried.text().contains("signs with one key"), "{}", tried.text());
    organisation.set(|form| form.issuer = format!("{}/elsewhere", form.issuer)).await;
    let tried = client.post_from(&page, "/api/provider_test", &fields).await;
    assert!(tried.status == 503 && tried.text().contains("HTTP status code 404"), "{}", tried.text());
    organisation.set(|form| form.issuer = "http://127.0.0.1:1".into()).await;
    let tried = client.call("provider_test", &fields).await;
    assert!(tried.status == 503 && tried.text().contains("cannot be reached"), "{}", tried.text());
    let visitor = organisation.world.visitor().get(&organisation.door()).await;
    assert!(visitor.status == 503 && visitor.text().contains("Example does not answer now"), "{}", visitor.text());
    assert!(!visitor.text().contains("127.0.0.1"), "nobody learns where it stands: {}", visitor.text());
    let user = format!("/p/{own}/admin/users/{}", organisation.world.admin().await.user);
    assert!(!client.get(&user).await.text().contains("The domain has no sign-in provider."));
    assert_eq!(
        client.post_from(&page, "/api/provider_remove", &fields).await.location(),
        format!("/p/{own}/admin/domains/{domain}")
    );
    assert!(client.get(&user).await.text().contains("The domain has no sign-in provider."), "why not, on the button");
    assert_eq!(client.call("provider_test", &fields).await.status, 409);
}
