//! Signing in with a domain's provider of identity (OpenID Connect): who gets in, as whom, with which groups; and what is refused.

use crate::client::{Answer, Client};
use crate::oidc_provider::{CLIENT, Flaw, Provider, SECRET, query};
use crate::world::{PASSWORD, World, world};
use api::directory::{Directory as _, DomainForm, GroupForm, NewAssignment};
use api::provider::{ProviderForm, Providers as _};
use api::{DomainId, GroupId, ListQuery, ProjectId, Role, UserId};
use serde_json::{Value, json};
use std::time::Duration;

pub struct Organisation {
    pub world: World,
    pub provider: Provider,
    pub domain: DomainId,
    pub project: ProjectId,
    /// A reader of the project is whoever is in it.
    pub staff: GroupId,
}

pub fn form(provider: &Provider) -> ProviderForm {
    ProviderForm {
        name: "Example".into(),
        issuer: provider.issuer(),
        client_id: CLIENT.into(),
        secret: SECRET.into(),
        scopes: "profile".into(),
        name_claim: "login".into(),
        email_claim: "email".into(),
        groups_claim: "groups".into(),
        enabled_claim: "active".into(),
        creates_users: true,
        groups: "employee=Staff".into(),
    }
}

/// Somebody as the provider knows them.
pub fn ann() -> Value {
    json!({ "sub": "0001", "login": "ann", "email": "ann@example.org", "groups": ["employee"], "active": true })
}

impl Organisation {
    /// With a provider of the first domain.
    pub async fn new() -> Self {
        let world = world().await;
        let admin = world.admin().await;
        let domain = admin.domain;
        let project = world.project("p").await;
        let provider = Provider::start().await;
        let directory = &world.cloud.directory;
        let staff = GroupForm { name: "Staff".into(), ..GroupForm::default() };
        let staff = directory.group_create(&admin, staff).await.unwrap();
        let reads = NewAssignment {
            actor_kind: "group".into(),
            actor: "Staff".into(),
            place_kind: "project".into(),
            place: project.to_string(),
            role: "reader".into(),
            inherited: false,
        };
        directory.assignment_create(&admin, reads).await.unwrap();
        world.cloud.identity.provider_set(&admin, domain, form(&provider)).await.unwrap();
        let organisation = Self { world, provider, domain, project, staff };
        organisation.is(ann());
        organisation
    }

    pub fn is(&self, claims: Value) {
        self.provider.is(claims, self.world.clock.now());
    }

    pub async fn set(&self, change: impl FnOnce(&mut ProviderForm)) {
        let mut form = form(&self.provider);
        change(&mut form);
        self.world.cloud.identity.provider_set(&self.world.admin().await, self.domain, form).await.unwrap();
    }

    pub fn door(&self) -> String {
        format!("/sign-in/provider/{}", self.domain)
    }

    /// A visitor who has been there, and the address that leads back.
    async fn there(&self) -> (Client, String) {
        let visitor = self.world.visitor();
        let sent = visitor.get(&self.door()).await;
        let back = self.provider.authorize(sent.location());
        (visitor, back)
    }

    pub async fn enter(&self) -> (Client, Answer) {
        let (visitor, back) = self.there().await;
        let answer = visitor.get(&back).await;
        (visitor, answer)
    }

    /// Who has got in.
    pub async fn user(&self, name: &str) -> UserId {
        let query = ListQuery { search: name.into(), ..ListQuery::default() };
        self.world.cloud.directory.user_list(&self.world.admin().await, &query).await.unwrap().items[0].id
    }

    pub async fn is_staff(&self, user: UserId) -> bool {
        let admin = self.world.admin().await;
        let groups = self.world.cloud.directory.group_list_of(&admin, user).await.unwrap();
        groups.iter().any(|group| group.id == self.staff)
    }

    async fn sessions(&self) -> i64 {
        sqlx::query_scalar("select count(*) from session").fetch_one(self.world.cloud.db().read()).await.unwrap()
    }

    async fn noted(&self) -> Vec<(String, String)> {
        sqlx::query_as("select user_name, result from audit where verb = 'sign_in' order by id desc")
            .fetch_all(self.world.cloud.db().read())
            .await
            .unwrap()
    }
}

pub fn refused(answer: &Answer, why: &str) {
    assert_eq!(answer.status, 400, "{}", answer.text());
    assert!(answer.text().contains(why), "{why}: {}", answer.text());
    assert!(answer.text().contains("name=\"password\""), "the other way is there");
}

#[tokio::test]
async fn whoever_the_provider_vouches_for_gets_in() {
    let organisation = Organisation::new().await;
    let world = &organisation.world;
    let page = world.visitor().get("/sign-in?next=%2Fp%2Fx").await;
    let link = format!("{}?next=%2Fp%2Fx", organisation.door());
    assert!(page.text().contains("Sign in with Example") && page.text().contains(&link), "{}", page.text());
    let (client, answer) = organisation.enter().await;
    assert_eq!((answer.status, answer.location()), (303, "/"), "{}", answer.text());
    assert_eq!(client.get("/").await.location(), format!("/p/{}/overview", organisation.project));
    assert_eq!(client.cookie("offing-journey"), None, "the journey is over");
    let profile = client.get(&format!("/p/{}/account/profile", organisation.project)).await;
    assert!(profile.text().contains("the domain's provider"), "{}", profile.text());
    let user = world.cloud.directory.user_show(&world.admin().await, organisation.user("ann").await).await.unwrap();
    assert_eq!((user.email.as_str(), user.federated, user.enabled), ("ann@example.org", true, true));
    assert!(organisation.is_staff(user.id).await);
    assert_eq!(organisation.noted().await[0], ("ann".to_owned(), "ok".to_owned()));
    // Again, as the same user, whatever the name is there by now.
    organisation.is(json!({ "sub": "0001", "login": "ann2", "groups": ["employee"], "active": true }));
    assert_eq!(organisation.enter().await.1.status, 303);
    let all = world.cloud.directory.user_list(&world.admin().await, &ListQuery::default()).await.unwrap();
    assert!(all.items.iter().all(|user| user.name != "ann2"));
    assert_eq!(organisation.noted().await[0], ("ann".to_owned(), "ok".to_owned()), "by the name here");
    // A key that was changed meanwhile is asked for.
    organisation.provider.change_key();
    assert_eq!(organisation.enter().await.1.status, 303);
}

#[tokio::test]
async fn one_goes_where_one_wanted_to() {
    let organisation = Organisation::new().await;
    let page = format!("/p/{}/instances", organisation.project);
    let visitor = organisation.world.visitor();
    let sent = visitor.get(&format!("{}?next={page}", organisation.door())).await;
    let answer = visitor.get(&organisation.provider.authorize(sent.location())).await;
    assert_eq!(answer.location(), page);
}

#[tokio::test]
async fn security_19_a_provider_leads_to_our_own_pages_only() {
    let organisation = Organisation::new().await;
    for next in ["//evil.example", "https://evil.example", "/%5Cevil.example", "%2F%2Fevil.example/"] {
        let visitor = organisation.world.visitor();
        let sent = visitor.get(&format!("{}?next={next}", organisation.door())).await;
        let answer = visitor.get(&organisation.provider.authorize(sent.location())).await;
        assert_eq!(answer.location(), "/", "{next}");
    }
    let (visitor, back) = organisation.there().await;
    assert_eq!(visitor.get(&format!("{back}&next=//evil.example")).await.location(), "/");
}

#[tokio::test]
async fn security_16_a_token_that_does_not_hold_lets_nobody_in() {
    let organisation = Organisation::new().await;
    let sessions = organisation.sessions().await;
    for flaw in [
        Flaw::Nonce,
        Flaw::Audience,
        Flaw::TwoAudiences,
        Flaw::Issuer,
        Flaw::Expired,
        Flaw::Future,
        Flaw::Unsigned,
        Flaw::Shared,
        Flaw::Key,
        Flaw::Altered,
        Flaw::Missing,
    ] {
        organisation.provider.flawed(flaw);
        let (visitor, answer) = organisation.enter().await;
        assert_eq!(answer.status, 400, "{flaw:?}: {}", answer.text());
        refused(&answer, "does not hold");
        assert_eq!(visitor.cookie("offing"), None, "{flaw:?}");
    }
    assert_eq!(organisation.sessions().await, sessions);
    organisation.provider.flawed(Flaw::None);
    assert_eq!(organisation.enter().await.1.status, 303);
}

#[tokio::test]
async fn security_16_claims_are_read_by_their_types() {
    let organisation = Organisation::new().await;
    let mut claims = ann();
    for (name, value) in [
        ("active", json!("true")),
        ("active", json!("false")),
        ("active", json!(false)),
        ("active", json!(1)),
        ("active", Value::Null),
        ("groups", json!({ "employee": true })),
        ("groups", json!(["employee", 1])),
        ("login", json!(["ann"])),
        ("login", json!("")),
        ("sub", json!("")),
    ] {
        claims[name] = value.clone();
        organisation.is(claims);
        refused(&organisation.enter().await.1, "does not hold");
        claims = ann();
    }
    claims.as_object_mut().unwrap().remove("active");
    organisation.is(claims);
    refused(&organisation.enter().await.1, "does not hold");
}

#[tokio::test]
async fn security_27_an_answer_without_end_is_not_read() {
    let organisation = Organisation::new().await;
    organisation.provider.flawed(Flaw::Endless);
    refused(&organisation.enter().await.1, "does not hold");
}

/// Disabled users, and users of a disabled domain, whatever the provider says (OSSA-2026-007).
#[tokio::test]
async fn security_16_disabled_users_stay_out() {
    let organisation = Organisation::new().await;
    let (world, admin) = (&organisation.world, organisation.world.admin().await);
    let (client, _) = organisation.enter().await;
    let user = organisation.user("ann").await;
    world.cloud.directory.user_enable(&admin, user, false).await.unwrap();
    assert!(client.get(&format!("/p/{}/overview", organisation.project)).await.location().starts_with("/sign-in"));
    let (visitor, answer) = organisation.enter().await;
    refused(&answer, "You are not admitted here");
    assert_eq!(visitor.cookie("offing"), None);
    assert_eq!(organisation.noted().await[0], ("ann".to_owned(), "not admitted".to_owned()));

    let school = world.cloud.directory.domain_create(&admin, named("School")).await.unwrap();
    let form = ProviderForm { groups: String::new(), ..form(&organisation.provider) };
    world.cloud.identity.provider_set(&admin, school, form).await.unwrap();
    let door = format!("/sign-in/provider/{school}");
    let visitor = world.visitor();
    let sent = visitor.get(&door).await;
    let back = organisation.provider.authorize(sent.location());
    world.cloud.directory.domain_enable(&admin, school, false).await.unwrap();
    assert_eq!(visitor.get(&back).await.status, 404);
    assert_eq!(world.visitor().get(&door).await.status, 404);
    assert_eq!(world.visitor().get("/sign-in").await.text().matches("/sign-in/provider/").count(), 1);
}

fn named(name: &str) -> DomainForm {
    DomainForm { name: name.into(), ..DomainForm::default() }
}

/// The journey is one browser's, and one's alone.
#[tokio::test]
async fn security_18_only_the_browser_that_was_sent_comes_back() {
    let organisation = Organisation::new().await;
    let sessions = organisation.sessions().await;
    let (visitor, back) = organisation.there().await;
    assert_eq!(organisation.sessions().await, sessions, "nothing is stored before");
    // Another browser, with this one's address: whoever sends it wants somebody signed in as themselves.
    let other = organisation.world.visitor();
    refused(&other.get(&back).await, "took too long, or was begun in another browser");
    let (third, _) = organisation.there().await;
    refused(&third.get(&back).await, "begun in another browser");
    let state = query(&back)["state"].clone();
    refused(&visitor.get(&back.replace(&state, "guessed")).await, "begun in another browser");
    assert_eq!(visitor.cookie("offing"), None);

    let (visitor, back) = organisation.there().await;
    let ticket = visitor.cookie("offing-journey").unwrap();
    assert_eq!(visitor.get(&back).await.status, 303);
    // The code is good once there; what was sent along, once here.
    visitor.set_cookie("offing-journey", &ticket);
    refused(&visitor.get(&back).await, "does not hold");
    let sent = visitor.get(&organisation.door()).await;
    let ticket = visitor.cookie("offing-journey").unwrap();
    let codes = [organisation.provider.authorize(sent.location()), organisation.provider.authorize(sent.location())];
    assert_eq!(visitor.get(&codes[0]).await.status, 303);
    visitor.set_cookie("offing-journey", &ticket);
    refused(&visitor.get(&codes[1]).await, "took too long");

    let (visitor, back) = organisation.there().await;
    organisation.world.clock.advance(Duration::from_secs(601));
    organisation.is(ann());
    refused(&visitor.get(&back).await, "took too long");
    let (visitor, back) = organisation.there().await;
    let mut forged = visitor.cookie("offing-journey").unwrap().into_bytes();
    forged[40] = if forged[40] == b'A' { b'B' } else { b'A' };
    visitor.set_cookie("offing-journey", std::str::from_utf8(&forged).unwrap());
    refused(&visitor.get(&back).await, "took too long");
}

#[tokio::test]
async fn security_18_the_session_is_a_new_one() {
    let organisation = Organisation::new().await;
    let visitor = organisation.world.sign_in("admin").await;
    let before = visitor.cookie("offing").unwrap();
    let sent = visitor.get(&organisation.door()).await;
    assert_eq!(visitor.get(&organisation.provider.authorize(sent.location())).await.status, 303);
    assert_ne!(visitor.cookie("offing").unwrap(), before);
    visitor.set_cookie("offing", &before);
    assert!(visitor.get("/").await.location().starts_with("/sign-in"), "the one before is over");
}

#[tokio::test]
async fn a_provider_may_say_no() {
    let organisation = Organisation::new().await;
    let (visitor, back) = organisation.there().await;
    let state = query(&back)["state"].clone();
    let no = format!("/sign-in/provider/return?error=access_denied&error_description=%3Cscript%3E&state={state}");
    let answer = visitor.get(&no).await;
    refused(&answer, "The provider did not let you in");
    assert!(!answer.text().contains("access_denied") && !answer.text().contains("&lt;script"));
    // One that answers in another's place.
    let (visitor, back) = organisation.there().await;
    let back = back.split("&iss=").next().unwrap().to_owned() + "&iss=https%3A%2F%2Fanother.example";
    refused(&visitor.get(&back).await, "does not hold");
}

#[tokio::test]
async fn strangers_are_admitted_only_where_the_domain_says_so() {
    let organisation = Organisation::new().await;
    let (world, admin) = (&organisation.world, organisation.world.admin().await);
    organisation.set(|form| form.creates_users = false).await;
    refused(&organisation.enter().await.1, "You are not admitted here");
    let user = world.user("ann", organisation.project, Role::Member).await;
    refused(&organisation.enter().await.1, "You are not admitted here");
    world.cloud.identity.user_federate(&admin, user).await.unwrap();
    assert_eq!(organisation.enter().await.1.status, 303);
    assert_eq!(organisation.user("ann").await, user);
    // Whoever comes with the name later is somebody else.
    let mut other = ann();
    other["sub"] = "0002".into();
    organisation.is(other);
    refused(&organisation.enter().await.1, "You are not admitted here");
}

/// A name at the provider is not a name here: whoever has a password is not taken over.
#[tokio::test]
async fn security_16_a_name_there_takes_over_nobody_here() {
    let organisation = Organisation::new().await;
    let mut admin = ann();
    admin["login"] = "admin".into();
    organisation.is(admin.clone());
    let (visitor, answer) = organisation.enter().await;
    refused(&answer, "You are not admitted here");
    assert_eq!(visitor.cookie("offing"), None);
    // Nor does who is somebody here already, and is called so there by now, wash away what was guessed in that name.
    organisation.is(ann());
    assert_eq!(organisation.enter().await.1.status, 303);
    let guess = [("name", "admin"), ("password", "wrong")];
    assert_eq!(organisation.world.visitor().post_form("/sign-in", &guess).await.status, 400);
    organisation.is(admin);
    assert_eq!(organisation.enter().await.1.status, 303);
    let failures: i64 = sqlx::query_scalar("select count(*) from sign_in_failure")
        .fetch_one(organisation.world.cloud.db().read())
        .await
        .unwrap();
    assert_eq!(failures, 1);
    organisation.world.sign_in("admin").await;
}

/// The provider of one domain vouches for nobody in another.
#[tokio::test]
async fn security_24_a_provider_vouches_within_its_domain() {
    let organisation = Organisation::new().await;
    let (world, admin) = (&organisation.world, organisation.world.admin().await);
    organisation.enter().await;
    let school = world.cloud.directory.domain_create(&admin, named("School")).await.unwrap();
    let none = ProviderForm { creates_users: false, groups: String::new(), ..form(&organisation.provider) };
    world.cloud.identity.provider_set(&admin, school, none).await.unwrap();
    let visitor = world.visitor();
    let sent = visitor.get(&format!("/sign-in/provider/{school}")).await;
    let answer = visitor.get(&organisation.provider.authorize(sent.location())).await;
    refused(&answer, "You are not admitted here");
    // Nor does its mapping reach a group elsewhere.
    let foreign = ProviderForm { groups: format!("employee={}", organisation.staff), ..form(&organisation.provider) };
    let refused = world.cloud.identity.provider_set(&admin, school, foreign).await.unwrap_err();
    assert!(refused.of_field("groups").is_some(), "{refused:?}");
}

/// Whoever comes by the provider has no password here, and nobody learns that.
#[tokio::test]
async fn security_17_those_who_come_by_a_provider_have_no_password() {
    let organisation = Organisation::new().await;
    let (world, admin) = (&organisation.world, organisation.world.admin().await);
    let (client, _) = organisation.enter().await;
    let project = organisation.project.to_string();
    let attempt = async |name: &str, password: &str| {
        world.visitor().post_form("/sign-in", &[("name", name), ("password", password)]).await
    };
    let page = |answer: &Answer| {
        let nonce = answer.text().split("nonce=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or("none");
        answer.text().replace(nonce, "")
    };
    let (known, unknown) = (attempt("ann", "").await, attempt("bob", "").await);
    assert_eq!((known.status, page(&known)), (400, page(&unknown).replace("bob", "ann")));
    for (name, fields) in [
        ("password_change", vec![("current", ""), ("new", PASSWORD), ("again", PASSWORD)]),
        ("totp_begin", vec![("password", "")]),
    ] {
        let fields: Vec<(&str, &str)> = fields.into_iter().chain([("project", project.as_str())]).collect();
        let refused = client.call(name, &fields).await;
        assert_eq!(refused.json()["Invalid"][0]["why"]["Password"], "Federated", "{name}: {}", refused.text());
    }
    for page in ["password", "second-factors"] {
        let page = client.get(&format!("/p/{project}/account/{page}")).await;
        assert!(page.status == 200 && page.text().contains("You have no password here"), "{}", page.text());
    }
    // With a password, it is a user like any other again.
    let user = organisation.user("ann").await;
    world.cloud.directory.user_password_set(&admin, user, PASSWORD).await.unwrap();
    assert!(!world.cloud.directory.user_show(&admin, user).await.unwrap().federated);
    assert!(!organisation.is_staff(user).await);
    assert!(attempt("ann", PASSWORD).await.text().contains("name=\"new\""));
    refused(&organisation.enter().await.1, "You are not admitted here");
    world.cloud.identity.user_federate(&admin, user).await.unwrap();
    assert_eq!(attempt("ann", PASSWORD).await.status, 400);
    assert_eq!(organisation.enter().await.1.status, 303);
}
