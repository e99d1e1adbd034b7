//! Passkeys: making one, signing in with it after the password and alone, and what is refused.

use crate::authenticator::Authenticator;
use crate::client::{Answer, Client};
use crate::world::{PASSWORD, World, world, world_with};
use api::account::NewPasswordRules;
use api::account::{Account as _, SignIn};
use api::directory::Directory as _;
use api::passkey::{Passkeys as _, Shown};
use api::{Caller, ProjectId, Proof, Role, UserId};
use serde_json::Value;
use std::time::Duration;

const SITE: &str = "https://cloud.example";

struct User {
    world: World,
    project: ProjectId,
    id: UserId,
    client: Client,
    key: Authenticator,
    /// The recovery codes that came with the first passkey.
    codes: Vec<String>,
}

/// A cloud where browsers find it by its name, with a user who has signed in.
async fn one() -> (World, ProjectId, UserId, Client) {
    let world = world_with(|settings| settings.public_url = Some(SITE.parse().unwrap())).await;
    let project = world.project("p").await;
    let id = world.user("u", project, Role::Reader).await;
    let client = world.sign_in("u").await;
    (world, project, id, client)
}

async fn begin(client: &Client, project: ProjectId, name: &str) -> Value {
    let fields = [("project", project.to_string()), ("name", name.to_owned()), ("password", PASSWORD.to_owned())];
    let begun = client.call("passkey_begin", &fields.each_ref().map(|(name, value)| (*name, value.as_str()))).await;
    assert_eq!(begun.status, 200, "{}", begun.text());
    begun.json()
}

async fn finish(client: &Client, project: ProjectId, ticket: &str, credential: &str) -> Answer {
    let project = project.to_string();
    let fields = [("project", project.as_str()), ("passkey", ticket), ("credential", credential)];
    client.call("passkey_finish", &fields).await
}

fn part(challenge: &Value, name: &str) -> String {
    challenge[name].as_str().unwrap().to_owned()
}

/// A user with a passkey on the laptop.
async fn enrolled() -> User {
    let (world, project, id, client) = one().await;
    let mut key = Authenticator::new(SITE);
    let begun = begin(&client, project, "laptop").await;
    let made = finish(&client, project, &part(&begun, "ticket"), &key.create(&part(&begun, "options"))).await;
    assert_eq!(made.status, 200, "{}", made.text());
    let codes = serde_json::from_value(made.json()).unwrap();
    User { world, project, id, client, key, codes }
}

/// What a visitor's page is told to ask for.
async fn ask(visitor: &Client, ticket: &str) -> Value {
    let asked = visitor.post_form("/sign-in/passkey", &[("ticket", ticket)]).await;
    assert_eq!(asked.status, 200, "{}", asked.text());
    asked.json()
}

async fn show(visitor: &Client, half: &str, ticket: &str, credential: &str) -> Answer {
    let fields = [("ticket", half), ("passkey", ticket), ("credential", credential)];
    visitor.post_form("/sign-in", &fields).await
}

fn refused(answer: &Answer) {
    assert_eq!(answer.status, 400, "{}", answer.text());
    assert!(answer.text().contains("This passkey cannot be used"), "{}", answer.text());
}

impl User {
    /// A visitor with the key, and no name or password.
    async fn enter(&mut self) -> (Client, Answer) {
        let visitor = self.world.visitor();
        let asked = ask(&visitor, "").await;
        let answer = show(&visitor, "", &part(&asked, "ticket"), &self.key.get(&part(&asked, "options"))).await;
        (visitor, answer)
    }

    /// A visitor who knows the password, and what the page then holds.
    async fn knock(&self) -> (Client, String) {
        let visitor = self.world.visitor();
        let asked = visitor.post_form("/sign-in", &[("name", "u"), ("password", PASSWORD)]).await;
        assert_eq!(asked.status, 200, "{}", asked.text());
        assert!(asked.text().contains("offing-passkey"), "{}", asked.text());
        let ticket = asked.field("ticket");
        (visitor, ticket)
    }

    async fn call(&self, name: &str, fields: &[(&str, &str)]) -> Answer {
        let project = self.project.to_string();
        let fields: Vec<(&str, &str)> = fields.iter().copied().chain([("project", project.as_str())]).collect();
        self.client.call(name, &fields).await
    }

    async fn shown(&self) -> Value {
        self.call("second_factor_show", &[]).await.json()
    }

    async fn noted(&self, verb: &str) -> Vec<String> {
        sqlx::query_scalar("select result from audit where verb = $1 and user_name = 'u' order by id desc")
            .bind(verb)
            .fetch_all(self.world.cloud.db().read())
            .await
            .unwrap()
    }
}

#[tokio::test]
async fn a_passkey_is_made_with_the_password_and_the_device() {
    let (world, project, _, client) = one().await;
    let id = project.to_string();
    let wrong = client.call("passkey_begin", &[("project", &id), ("name", "k"), ("password", "wrong")]).await;
    assert_eq!(wrong.json()["Invalid"][0]["name"], "password", "{}", wrong.text());
    let nameless = client.call("passkey_begin", &[("project", &id), ("name", " "), ("password", PASSWORD)]).await;
    assert_eq!(nameless.json()["Invalid"][0]["name"], "name", "{}", nameless.text());
    let user = enrolled().await;
    assert_eq!(user.codes.len(), 10, "it is the first second factor");
    let shown = user.shown().await;
    assert_eq!((&shown["passkeys"][0]["name"], &shown["passkeys"][0]["used_at"]), (&"laptop".into(), &Value::Null));
    let taken = user.call("passkey_begin", &[("name", "laptop"), ("password", PASSWORD)]).await;
    assert_eq!(taken.json()["Invalid"][0]["why"]["Taken"]["kind"], "passkey", "{}", taken.text());
    // The second brings no codes, and the device is told of the first.
    let begun = begin(&user.client, user.project, "phone").await;
    let options: Value = serde_json::from_str(&part(&begun, "options")).unwrap();
    assert_eq!(options["publicKey"]["excludeCredentials"][0]["id"], user.key.id().as_str());
    let mut phone = Authenticator::new(SITE);
    let credential = phone.create(&part(&begun, "options"));
    let made = finish(&user.client, user.project, &part(&begun, "ticket"), &credential).await;
    assert_eq!(made.json(), serde_json::json!([]), "{}", made.text());
    let again = finish(&user.client, user.project, &part(&begun, "ticket"), &credential).await;
    assert_eq!(again.status, 400, "the same twice: {}", again.text());
    assert_eq!(user.shown().await["passkeys"].as_array().unwrap().len(), 2);
    assert_eq!(user.noted("passkey_create").await, ["ok", "ok"]);
    drop(world);
}

#[tokio::test]
async fn a_passkey_lets_in_alone() {
    let mut user = enrolled().await;
    let page = user.world.visitor().get("/sign-in").await;
    assert!(page.text().contains("Sign in with a passkey") && page.text().contains("Passkeys need JavaScript"));
    let (visitor, answer) = user.enter().await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    assert_eq!(visitor.get("/").await.location(), format!("/p/{}/overview", user.project));
    assert!(user.shown().await["passkeys"][0]["used_at"].is_i64());
    assert_eq!(user.noted("sign_in").await[0], "ok");
    user.world = user.world.reopen_with(|settings| settings.public_url = Some(SITE.parse().unwrap())).await;
    assert_eq!(user.enter().await.1.status, 303, "a restart forgets nothing");
    // One whose counter stands still, as those that travel between devices have it.
    user.key.counter = 0;
    refused(&user.enter().await.1);
}

#[tokio::test]
async fn a_passkey_comes_after_the_password() {
    let mut user = enrolled().await;
    let (visitor, half) = user.knock().await;
    let asked = ask(&visitor, &half).await;
    let options: Value = serde_json::from_str(&part(&asked, "options")).unwrap();
    assert_eq!(options["publicKey"]["allowCredentials"][0]["id"], user.key.id().as_str());
    let answer = show(&visitor, &half, &part(&asked, "ticket"), &user.key.get(&part(&asked, "options"))).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    // Where it is not at hand, a recovery code helps, and takes no script.
    let (visitor, half) = user.knock().await;
    let answer = visitor.post_form("/sign-in", &[("ticket", half.as_str()), ("code", &user.codes[0])]).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
}

#[tokio::test]
async fn one_is_renamed_and_removed_with_the_password() {
    let user = enrolled().await;
    let id = user.shown().await["passkeys"][0]["id"].as_str().unwrap().to_owned();
    let page = format!("/p/{}/account/second-factors", user.project);
    assert!(user.client.get(&page).await.text().contains("laptop"));
    let own = format!("{page}/{id}");
    assert_eq!(user.client.get(&own).await.status, 200);
    let (id, project) = (id.as_str(), user.project.to_string());
    let rename = |name: &'static str, password: &'static str| {
        vec![("project", project.clone()), ("id", id.to_owned()), ("name", name.into()), ("password", password.into())]
    };
    let post = async |to: &str, fields: Vec<(&str, String)>| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        user.client.post_from(&own, to, &fields).await
    };
    let refused = post("/api/passkey_rename", rename("work", "wrong")).await;
    assert!(refused.status == 400 && refused.text().contains("This is not your password"), "{}", refused.text());
    assert_eq!(post("/api/passkey_rename", rename("work", PASSWORD)).await.location(), page);
    assert_eq!(user.shown().await["passkeys"][0]["name"], "work");
    assert_eq!(post("/api/passkey_remove", rename("", "wrong")).await.status, 400);
    assert_eq!(post("/api/passkey_remove", rename("", PASSWORD)).await.location(), page);
    let shown = user.shown().await;
    assert_eq!((&shown["passkeys"], &shown["codes_left"]), (&serde_json::json!([]), &0.into()));
    user.world.sign_in("u").await;
    for verb in ["passkey_rename", "passkey_remove"] {
        assert_eq!(user.noted(verb).await, ["ok", "password: This is not your password."], "{verb}");
    }
}

#[tokio::test]
async fn plain_forms_are_answered_with_what_the_device_is_asked() {
    let (_world, project, _, client) = one().await;
    let page = format!("/p/{project}/account/second-factors");
    let id = project.to_string();
    let fields = [("project", id.as_str()), ("name", "laptop"), ("password", PASSWORD)];
    let begun = client.post_from(&page, "/api/passkey_begin", &fields).await;
    assert_eq!(begun.status, 200);
    assert!(begun.text().contains("data-kind=\"create\"") && begun.text().contains("Passkeys need JavaScript"));
    let html = begun.html();
    let element = html.select(&scraper::Selector::parse("offing-passkey").unwrap()).next().unwrap();
    let credential = Authenticator::new(SITE).create(element.attr("data-options").unwrap());
    let fields = [("project", id.as_str()), ("passkey", &begun.field("passkey")), ("credential", credential.as_str())];
    let made = client.post_from(&page, "/api/passkey_finish", &fields).await;
    assert!(made.status == 200 && made.text().contains("Keep these recovery codes"), "{}", made.text());
}

#[tokio::test]
async fn those_who_have_lost_it_are_helped() {
    let user = enrolled().await;
    let (admin, own) = (user.world.sign_in("admin").await, user.world.admin().await.project.to_string());
    let id = user.id.to_string();
    let fields = [("project", own.as_str()), ("id", id.as_str())];
    assert_eq!(admin.call("user_factors_remove", &fields).await.status, 200);
    user.world.sign_in("u").await;
    let user = enrolled().await;
    user.world.cloud.identity.factors_remove("u").await.unwrap();
    user.world.sign_in("u").await;
    assert_eq!(user.shown().await["passkeys"], serde_json::json!([]));
}

/// Another address than the one that browsers see makes none: it would be bound to nothing.
#[tokio::test]
async fn an_address_without_a_name_has_no_passkeys() {
    let world = world().await;
    let visitor = world.visitor();
    let asked = visitor.post_form("/sign-in/passkey", &[]).await;
    assert_eq!((asked.status, &asked.json()["Conflict"]), (409, &"NoPasskeysHere".into()), "{}", asked.text());
    let page = show(&visitor, "", "x", "{}").await;
    assert!(page.status == 409 && page.text().contains("as localhost"), "{}", page.text());
}

#[tokio::test]
async fn security_18_a_question_is_answered_once_and_soon() {
    let mut user = enrolled().await;
    let sessions = user.world.cloud.identity.session_count().await.unwrap();
    let visitor = user.world.visitor();
    let asked = ask(&visitor, "").await;
    assert_eq!(user.world.cloud.identity.session_count().await.unwrap(), sessions, "asking stores nothing");
    let (ticket, credential) = (part(&asked, "ticket"), user.key.get(&part(&asked, "options")));
    assert_eq!(show(&visitor, "", &ticket, &credential).await.status, 303);
    refused(&show(&user.world.visitor(), "", &ticket, &credential).await);
    let late = ask(&visitor, "").await;
    let credential = user.key.get(&part(&late, "options"));
    user.world.clock.advance(Duration::from_secs(301));
    refused(&show(&visitor, "", &part(&late, "ticket"), &credential).await);
    // Another question's answer.
    let (one, two) = (ask(&visitor, "").await, ask(&visitor, "").await);
    refused(&show(&visitor, "", &part(&one, "ticket"), &user.key.get(&part(&two, "options"))).await);
    let mut forged = part(&one, "ticket").into_bytes();
    forged[40] = if forged[40] == b'A' { b'B' } else { b'A' };
    let forged = String::from_utf8(forged).unwrap();
    refused(&show(&visitor, "", &forged, &user.key.get(&part(&one, "options"))).await);
    refused(&show(&visitor, "", &part(&one, "ticket"), "{}").await);
}

#[tokio::test]
async fn security_18_a_replayed_answer_of_a_key_without_counter_is_refused() {
    let (world, project, id, client) = one().await;
    let mut key = Authenticator::new(SITE);
    key.counter = 0;
    let begun = begin(&client, project, "synced").await;
    let made = finish(&client, project, &part(&begun, "ticket"), &key.create(&part(&begun, "options"))).await;
    assert_eq!(made.status, 200, "{}", made.text());
    let mut user = User { world, project, id, client, key, codes: Vec::new() };
    let visitor = user.world.visitor();
    let asked = ask(&visitor, "").await;
    let (ticket, credential) = (part(&asked, "ticket"), user.key.get(&part(&asked, "options")));
    assert_eq!(show(&visitor, "", &ticket, &credential).await.status, 303);
    refused(&show(&user.world.visitor(), "", &ticket, &credential).await);
    assert_eq!(user.enter().await.1.status, 303, "a new question is another matter");
}

/// Who it is, where it was used and whether its owner was there is all part of what the device signs.
#[tokio::test]
async fn security_16_what_the_device_says_is_checked() {
    let mut user = enrolled().await;
    let mut copy = user.key.copy();
    assert_eq!(user.enter().await.1.status, 303);
    assert_eq!(user.enter().await.1.status, 303);
    // A copy's counter lags behind.
    std::mem::swap(&mut user.key, &mut copy);
    refused(&user.enter().await.1);
    std::mem::swap(&mut user.key, &mut copy);
    assert_eq!(user.noted("sign_in").await[0], "wrong passkey");
    user.key.verifies = false;
    refused(&user.enter().await.1);
    user.key.verifies = true;
    user.key.origin = "https://cloud.example.evil.example".to_owned();
    refused(&user.enter().await.1);
    user.key.origin = SITE.to_owned();
    let mut other = Authenticator::new(SITE);
    other.pose_as(user.id.0.as_bytes());
    std::mem::swap(&mut user.key, &mut other);
    refused(&user.enter().await.1);
    std::mem::swap(&mut user.key, &mut other);
    let admin = user.world.admin().await.user;
    user.key.pose_as(admin.0.as_bytes());
    refused(&user.enter().await.1);
    user.key.pose_as(user.id.0.as_bytes());
    assert_eq!(user.enter().await.1.status, 303);
}

/// One's own passkey is nobody else's second factor.
#[tokio::test]
async fn security_14_a_passkey_answers_for_its_owner_only() {
    let mut user = enrolled().await;
    let id = user.world.user("v", user.project, Role::Reader).await;
    let client = user.world.sign_in("v").await;
    let mut key = Authenticator::new(SITE);
    let begun = begin(&client, user.project, "mine").await;
    // Another session finishes nothing that this one began.
    let credential = key.create(&part(&begun, "options"));
    refused_call(&finish(&user.client, user.project, &part(&begun, "ticket"), &credential).await);
    let elsewhere = user.world.sign_in("v").await;
    refused_call(&finish(&elsewhere, user.project, &part(&begun, "ticket"), &credential).await);
    assert_eq!(finish(&client, user.project, &part(&begun, "ticket"), &credential).await.status, 200);
    let theirs = user.shown().await["passkeys"][0]["id"].as_str().unwrap().to_owned();
    let project = user.project.to_string();
    let fields = [("project", project.as_str()), ("id", &theirs), ("password", PASSWORD)];
    assert_eq!(client.call("passkey_remove", &fields).await.status, 404);
    assert_eq!(client.call("passkey_show", &fields).await.status, 404);

    let (visitor, half) = user.knock().await;
    let asked = ask(&visitor, &half).await;
    refused(&show(&visitor, &half, &part(&asked, "ticket"), &key.get(&part(&asked, "options"))).await);
    // Nor does an answer to the open question stand for the one after the password, or the other way round.
    let open = ask(&visitor, "").await;
    refused(&show(&visitor, &half, &part(&open, "ticket"), &user.key.get(&part(&open, "options"))).await);
    let asked = ask(&visitor, &half).await;
    refused(&show(&visitor, "", &part(&asked, "ticket"), &user.key.get(&part(&asked, "options"))).await);
    let refused = visitor.post_form("/sign-in/passkey", &[("ticket", "forged")]).await;
    assert_eq!(refused.status, 401);
    // What comes with another credential than a session touches nothing.
    let caller = user.world.caller(id, user.project).await;
    let program = Caller { proof: Proof::Program, ..caller };
    let identity = &user.world.cloud.identity;
    let begun = identity.passkey_begin(&program, "k", PASSWORD, SITE).await;
    assert_eq!(begun.map(|_| ()), Err(api::Error::Unauthenticated));
    assert_eq!(identity.passkey_finish(&program, Shown::default(), SITE).await, Err(api::Error::Unauthenticated));
}

fn refused_call(answer: &Answer) {
    assert_eq!(answer.status, 400, "{}", answer.text());
    assert_eq!(answer.json()["Invalid"][0]["why"]["Password"], "WrongPasskey", "{}", answer.text());
}

/// Unknown, disabled and gone are answered alike, and a name that is locked out is so for its passkeys too.
#[tokio::test]
async fn security_17_passkeys_tell_nothing_of_users() {
    let mut user = enrolled().await;
    let admin = user.world.admin().await;
    let unknown = {
        let mut stranger = Authenticator::new(SITE);
        stranger.pose_as(user.id.0.as_bytes());
        std::mem::swap(&mut user.key, &mut stranger);
        let answer = user.enter().await.1;
        std::mem::swap(&mut user.key, &mut stranger);
        answer
    };
    refused(&unknown);
    user.world.cloud.directory.user_enable(&admin, user.id, false).await.unwrap();
    let disabled = user.enter().await.1;
    refused(&disabled);
    assert_eq!(page(&unknown), page(&disabled));
    user.world.cloud.directory.user_enable(&admin, user.id, true).await.unwrap();

    let identity = &user.world.cloud.identity;
    let domain = identity.password_rules_list(&admin).await.unwrap()[0].domain;
    let rules = NewPasswordRules {
        min_length: "8".into(),
        history: "1".into(),
        expires_days: "0".into(),
        lock_after: "3".into(),
        lock_minutes: "15".into(),
    };
    identity.password_rules_set(&admin, domain, rules).await.unwrap();
    user.key.verifies = false;
    for _ in 0..2 {
        refused(&user.enter().await.1);
    }
    let wrong = SignIn { name: "u".into(), password: "wrong".into(), ..SignIn::default() };
    assert!(user.world.cloud.identity.sign_in(wrong).await.is_err(), "counts as well");
    user.key.verifies = true;
    let locked = user.enter().await.1;
    assert!(locked.status == 400 && locked.text().contains("too many attempts"), "{}", locked.text());
    user.world.clock.advance(Duration::from_secs(16 * 60));
    assert_eq!(user.enter().await.1.status, 303);
}

/// The page without what differs by itself.
fn page(answer: &Answer) -> String {
    let nonce = answer.text().split("nonce=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or("none");
    answer.text().replace(nonce, "")
}

#[tokio::test]
async fn a_new_password_is_asked_for_after_the_passkey_too() {
    let mut user = enrolled().await;
    user.world.cloud.identity.password_set("u", PASSWORD, true).await.unwrap();
    let (visitor, asked) = user.enter().await;
    assert!(asked.status == 400 && asked.text().contains("name=\"new\""), "{}", asked.text());
    let (ticket, new) = (asked.field("ticket"), "another horse battery");
    let fields = [("ticket", ticket.as_str()), ("new", new), ("again", new)];
    assert_eq!(visitor.post_form("/sign-in", &fields).await.status, 303);
}

#[tokio::test]
async fn security_19_a_passkey_leads_to_our_own_pages_only() {
    let mut user = enrolled().await;
    let visitor = user.world.visitor();
    let asked = ask(&visitor, "").await;
    let (ticket, credential) = (part(&asked, "ticket"), user.key.get(&part(&asked, "options")));
    let fields = [("passkey", ticket.as_str()), ("credential", &credential), ("next", "//evil.example/")];
    assert_eq!(visitor.post_form("/sign-in", &fields).await.location(), "/");
}
