//! Second factors: setting one up, being asked for it, losing it.

use crate::client::{Answer, Client};
use crate::identity_api::{ask, by_credential, by_password, credential, form};
use crate::world::{PASSWORD, World, world};
use api::account::{Account as _, NewPasswordRules};
use api::directory::{Directory as _, NewAssignment};
use api::{Caller, ProjectId, Proof, Role, UserId};
use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, Mac as _};
use sha1::Sha1;
use std::time::Duration;

const STEP: Duration = Duration::from_secs(30);

/// What an authenticator app shows that was told the key, some steps from now.
fn code(world: &World, key: &str, steps: i64) -> String {
    let step = world.clock.now() / 30_000_000 + steps;
    let mut mac = Hmac::<Sha1>::new_from_slice(&BASE32_NOPAD.decode(key.as_bytes()).unwrap()).unwrap();
    mac.update(&step.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let at = usize::from(hash[19] & 15);
    let number = u32::from_be_bytes(hash[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

struct User {
    world: World,
    project: ProjectId,
    id: UserId,
    client: Client,
    /// What the app shares.
    key: String,
    /// The recovery codes.
    codes: Vec<String>,
}

async fn one() -> (World, ProjectId, UserId, Client) {
    let world = world().await;
    let project = world.project("p").await;
    let id = world.user("u", project, Role::Reader).await;
    let client = world.sign_in("u").await;
    (world, project, id, client)
}

async fn begin(client: &Client, project: ProjectId) -> String {
    let project = project.to_string();
    let begun = client.call("totp_begin", &[("project", &project), ("password", PASSWORD)]).await;
    assert_eq!(begun.status, 200, "{}", begun.text());
    let shown = client.call("second_factor_show", &[("project", &project)]).await.json();
    shown["totp"]["Pending"]["secret"].as_str().unwrap().to_owned()
}

/// A user who is asked for a code, and whose app has just shown one.
async fn enrolled() -> User {
    let (world, project, id, client) = one().await;
    let key = begin(&client, project).await;
    let fields = [("project", project.to_string()), ("code", code(&world, &key, 0))];
    let confirmed = client.call("totp_confirm", &fields.each_ref().map(|(name, value)| (*name, value.as_str()))).await;
    assert_eq!(confirmed.status, 200, "{}", confirmed.text());
    let codes = serde_json::from_value(confirmed.json()).unwrap();
    world.clock.advance(STEP);
    User { world, project, id, client, key, codes }
}

impl User {
    /// A visitor who knows the password, and what the page then holds.
    async fn knock(&self) -> (Client, String) {
        let visitor = self.world.visitor();
        let asked = visitor.post_form("/sign-in", &[("name", "u"), ("password", PASSWORD)]).await;
        assert_eq!(asked.status, 200, "{}", asked.text());
        assert!(asked.text().contains("name=\"code\""), "{}", asked.text());
        let ticket = asked.field("ticket");
        (visitor, ticket)
    }

    async fn enter(&self, code: &str) -> Answer {
        let (visitor, ticket) = self.knock().await;
        answer(&visitor, &ticket, code).await
    }

    fn now(&self) -> String {
        code(&self.world, &self.key, 0)
    }

    async fn call(&self, name: &str, field: (&str, &str)) -> Answer {
        self.client.call(name, &[("project", &self.project.to_string()), field]).await
    }

    async fn shown(&self) -> serde_json::Value {
        self.call("second_factor_show", ("", "")).await.json()
    }
}

async fn answer(visitor: &Client, ticket: &str, code: &str) -> Answer {
    visitor.post_form("/sign-in", &[("ticket", ticket), ("code", code)]).await
}

/// The results of the newest sign-ins in the audit log.
async fn noted(world: &World, verb: &str) -> Vec<(String, String)> {
    sqlx::query_as("select user_name, result from audit where verb = $1 order by id desc")
        .bind(verb)
        .fetch_all(world.cloud.db().read())
        .await
        .unwrap()
}

#[tokio::test]
async fn an_app_is_asked_for_once_it_has_shown_a_code() {
    let (world, project, _, client) = one().await;
    let page = format!("/p/{project}/account/second-factors");
    let id = project.to_string();
    let wrong = client.call("totp_begin", &[("project", &id), ("password", "wrong")]).await;
    assert_eq!(wrong.json()["Invalid"][0]["name"], "password", "{}", wrong.text());
    let key = begin(&client, project).await;
    let drawn = client.get(&page).await;
    assert!(drawn.text().contains(&key) && drawn.text().contains("otpauth://totp/Offing:u%40Default?secret="));
    assert!(drawn.text().contains("class=\"qr\"") && drawn.text().contains("h1v1h-1z"));
    let refused = client.call("totp_confirm", &[("project", &id), ("code", "000000")]).await;
    assert_eq!(refused.json()["Invalid"][0]["why"]["Password"], "WrongCode", "{}", refused.text());
    world.sign_in("u").await;
    // Begun anew, the first key is worth nothing.
    let second = begin(&client, project).await;
    assert_ne!(key, second);
    assert_eq!(client.call("totp_confirm", &[("project", &id), ("code", &code(&world, &key, 0))]).await.status, 400);
    let codes = client.call("totp_confirm", &[("project", &id), ("code", &code(&world, &second, 0))]).await.json();
    assert_eq!(codes.as_array().unwrap().len(), 10);
    assert!(!client.get(&page).await.text().contains(&second), "the key is not shown again");
    let asked = world.visitor().post_form("/sign-in", &[("name", "u"), ("password", PASSWORD)]).await;
    assert!(asked.text().contains("name=\"code\""));
    // The two that were refused came within a minute: they are one entry.
    let why = "code: This code is not right, or has been used already. Wait for the next one.";
    let expected = ["ok", why].map(|result| ("u".to_owned(), result.to_owned()));
    assert_eq!(noted(&world, "totp_confirm").await, expected);
    // A second one is not begun over the first.
    client.call("totp_begin", &[("project", &id), ("password", PASSWORD)]).await;
    let shown = client.call("second_factor_show", &[("project", &id)]).await.json();
    assert!(shown["totp"]["On"].is_i64(), "{shown}");
}

#[tokio::test]
async fn a_code_lets_in_once_and_for_a_short_while() {
    let user = enrolled().await;
    let now = user.now();
    assert_eq!(user.enter(&now).await.status, 303);
    assert_eq!(user.enter(&now).await.status, 400, "it has been used");
    let next = code(&user.world, &user.key, 1);
    assert_eq!(user.enter(&format!("{} {}", &next[..3], &next[3..])).await.status, 303, "a fast clock, and a space");
    user.world.clock.advance(STEP * 4);
    assert_eq!(user.enter(&code(&user.world, &user.key, -2)).await.status, 400);
    assert_eq!(user.enter(&code(&user.world, &user.key, 2)).await.status, 400);
    assert_eq!(user.enter(&code(&user.world, &user.key, -1)).await.status, 303, "a slow clock");
    let user = User { world: user.world.reopen().await, ..user };
    assert_eq!(user.enter(&user.now()).await.status, 303, "a restart forgets nothing");
}

#[tokio::test]
async fn a_recovery_code_lets_in_once() {
    let user = enrolled().await;
    assert_eq!(user.enter(&user.codes[0]).await.status, 303);
    assert_eq!(user.enter(&user.codes[0]).await.status, 400);
    let typed = user.codes[1].replace('-', " ").to_uppercase();
    assert_eq!(user.enter(&typed).await.status, 303, "as people type it");
    assert_eq!(user.shown().await["codes_left"], 8);
    assert_eq!(user.call("recovery_code_renew", ("password", "wrong")).await.status, 400);
    let fresh: Vec<String> =
        serde_json::from_value(user.call("recovery_code_renew", ("password", PASSWORD)).await.json()).unwrap();
    assert_eq!((fresh.len(), user.shown().await["codes_left"].as_i64()), (10, Some(10)));
    assert_eq!(user.enter(&user.codes[2]).await.status, 400, "the old ones are good no more");
    assert_eq!(user.enter(&fresh[0]).await.status, 303);
}

#[tokio::test]
async fn giving_it_up_takes_the_password() {
    let user = enrolled().await;
    assert_eq!(user.call("totp_remove", ("password", "wrong")).await.status, 400);
    assert_eq!(user.call("totp_remove", ("password", PASSWORD)).await.status, 200);
    let shown = user.shown().await;
    assert_eq!((shown["totp"].as_str(), shown["codes_left"].as_i64()), (Some("Off"), Some(0)));
    user.world.sign_in("u").await;
    assert_eq!(user.call("recovery_code_renew", ("password", PASSWORD)).await.status, 409, "nothing to recover");
    // What is only being set up can be left without it.
    begin(&user.client, user.project).await;
    assert_eq!(user.call("totp_remove", ("", "")).await.status, 200);
    assert_eq!(user.shown().await["totp"], "Off");
}

#[tokio::test]
async fn plain_forms_are_answered_with_the_codes() {
    let (world, project, _, client) = one().await;
    let page = format!("/p/{project}/account/second-factors");
    let id = project.to_string();
    let key = begin(&client, project).await;
    let (confirm, renew) = ("/api/totp_confirm", "/api/recovery_code_renew");
    let wrong = client.post_from(&page, confirm, &[("project", &id), ("code", "000000")]).await;
    assert!(wrong.text().contains("This code is not right"), "{}", wrong.text());
    let made = client.post_from(&page, confirm, &[("project", &id), ("code", &code(&world, &key, 0))]).await;
    assert_eq!(made.status, 200);
    assert!(made.text().contains("Keep these recovery codes"), "{}", made.text());
    let renewed = client.post_from(&page, renew, &[("project", &id), ("password", PASSWORD)]).await;
    assert!(renewed.text().contains("Keep these recovery codes"));
    assert!(!client.get(&page).await.text().contains("Keep these recovery codes"), "this once");
}

/// Codes and passwords are counted together, and codes where the domain counts nothing.
#[tokio::test]
async fn security_17_codes_are_not_guessed_without_end() {
    let user = enrolled().await;
    let admin = user.world.admin().await;
    let identity = &user.world.cloud.identity;
    let domain = identity.password_rules_list(&admin).await.unwrap()[0].domain;
    let rules = |lock_after: &str| NewPasswordRules {
        min_length: "8".into(),
        history: "1".into(),
        expires_days: "0".into(),
        lock_after: lock_after.into(),
        lock_minutes: "15".into(),
    };
    for (after, failures) in [("3", 3), ("0", 10)] {
        identity.password_rules_set(&admin, domain, rules(after)).await.unwrap();
        let (visitor, ticket) = user.knock().await;
        for _ in 1..failures {
            assert!(answer(&visitor, &ticket, "000000").await.text().contains("This code is not right"));
        }
        if after == "3" {
            let wrong = [("name", "u"), ("password", "wrong")];
            assert_eq!(user.world.visitor().post_form("/sign-in", &wrong).await.status, 400, "counts as well");
        } else {
            answer(&visitor, &ticket, "0000-0000-0000-0000").await;
        }
        let locked = answer(&visitor, &ticket, &user.now()).await;
        assert!(locked.status == 400 && locked.text().contains("too many attempts"), "{}", locked.text());
        user.world.clock.advance(Duration::from_secs(16 * 60));
        assert_eq!(user.enter(&user.now()).await.status, 303);
    }
    let noted = noted(&user.world, "sign_in").await;
    for result in ["wrong code", "locked out", "refused", "ok"] {
        assert!(noted.contains(&("u".to_owned(), result.to_owned())), "{result}: {noted:?}");
    }
}

/// Guesses side by side are counted one after another.
#[tokio::test]
async fn security_17_guesses_side_by_side_are_all_counted() {
    let user = enrolled().await;
    let (visitor, ticket) = user.knock().await;
    let guesses = (0..30).map(|_| answer(&visitor, &ticket, "000000"));
    let answers = futures::future::join_all(guesses).await;
    let judged = answers.iter().filter(|answer| answer.text().contains("This code is not right")).count();
    assert_eq!(judged, 10);
}

/// Nor a token of the API; what its owner has made for programs opens on.
#[tokio::test]
async fn security_18_a_password_alone_is_no_token() {
    let user = enrolled().await;
    let refused = ask(&user.world, by_password("u", PASSWORD, serde_json::Value::Null)).await;
    assert_eq!((refused.status, refused.header("x-subject-token")), (401, ""), "{}", refused.text());
    let caller = user.world.caller(user.id, user.project).await;
    let made = credential(&user.world, &caller, form("ci")).await;
    let granted = ask(&user.world, by_credential(&made.credential.id.to_string(), &made.secret)).await;
    assert_eq!(granted.status, 201, "{}", granted.text());
}

/// Between password and code nobody is signed in, and nothing is stored.
#[tokio::test]
async fn security_18_a_password_alone_is_no_session() {
    let user = enrolled().await;
    let sessions = user.world.cloud.identity.session_count().await.unwrap();
    let (visitor, ticket) = user.knock().await;
    assert_eq!((visitor.cookie("offing"), visitor.get("/").await.location()), (None, "/sign-in"));
    assert_eq!(user.world.cloud.identity.session_count().await.unwrap(), sessions);
    let next = [("ticket", ticket.as_str()), ("code", &user.now()), ("next", "//evil.example/")];
    assert_eq!(visitor.post_form("/sign-in", &next).await.location(), "/", "nor leads it elsewhere");
    assert!(visitor.cookie("offing").is_some());
}

#[tokio::test]
async fn security_14_a_ticket_is_good_for_one_thing_only() {
    let user = enrolled().await;
    let (visitor, ticket) = user.knock().await;
    let begin_anew = async |ticket: &str, code: &str| {
        let refused = answer(&visitor, ticket, code).await;
        assert!(refused.status == 401 && refused.text().contains("name=\"password\""), "{}", refused.text());
    };
    let mut forged = ticket.clone().into_bytes();
    forged[40] = if forged[40] == b'A' { b'B' } else { b'A' };
    begin_anew(std::str::from_utf8(&forged).unwrap(), &user.now()).await;
    // It stands for the password only, and opens no way past the code.
    let new = [("ticket", ticket.as_str()), ("new", "another horse battery"), ("again", "another horse battery")];
    assert_eq!(visitor.post_form("/sign-in", &new).await.status, 401);
    user.world.clock.advance(Duration::from_secs(601));
    begin_anew(&ticket, &user.now()).await;
    let (_, ticket) = user.knock().await;
    user.world.cloud.directory.user_enable(&user.world.admin().await, user.id, false).await.unwrap();
    begin_anew(&ticket, &user.now()).await;
    user.world.cloud.directory.user_enable(&user.world.admin().await, user.id, true).await.unwrap();
    let (_, ticket) = user.knock().await;
    user.world.cloud.identity.password_set("u", "another horse battery", false).await.unwrap();
    begin_anew(&ticket, &user.now()).await;
}

#[tokio::test]
async fn a_new_password_comes_after_the_code() {
    let user = enrolled().await;
    user.world.cloud.identity.password_set("u", PASSWORD, true).await.unwrap();
    let asked = user.enter(&user.now()).await;
    assert!(asked.status == 400 && asked.text().contains("name=\"new\""), "{}", asked.text());
    let ticket = asked.field("ticket");
    let new = "another horse battery";
    let fields = [("ticket", ticket.as_str()), ("new", new), ("again", new)];
    assert_eq!(user.world.visitor().post_form("/sign-in", &fields).await.status, 303);
}

/// Another credential than a session touches nobody's account.
#[tokio::test]
async fn security_14_only_a_session_changes_the_factors() {
    let user = enrolled().await;
    let caller = user.world.caller(user.id, user.project).await;
    let caller = Caller { proof: Proof::Program, ..caller };
    let identity = &user.world.cloud.identity;
    assert_eq!(identity.totp_remove(&caller, PASSWORD).await, Err(api::Error::Unauthenticated));
    assert_eq!(identity.totp_begin(&caller, PASSWORD).await, Err(api::Error::Unauthenticated));
    assert_eq!(identity.recovery_code_renew(&caller, PASSWORD).await, Err(api::Error::Unauthenticated));
}

/// A copy of the database opens no door: keys are sealed, codes hashed.
#[tokio::test]
async fn security_26_the_database_gives_no_secret_away() {
    let user = enrolled().await;
    let copy = user.world.data.path().join("copy.db");
    user.world.cloud.db().backup(&copy).await.unwrap();
    let bytes = std::fs::read(copy).unwrap();
    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("totp_confirm"), "the copy is one");
    assert!(!holds(&user.key));
    for code in &user.codes {
        assert!(!holds(code) && !holds(&code.replace('-', "")));
    }
}

#[tokio::test]
async fn administrators_help_those_who_have_lost_it() {
    let user = enrolled().await;
    let (admin, own) = (user.world.sign_in("admin").await, user.world.admin().await.project.to_string());
    let page = admin.get(&format!("/p/{own}/admin/users/{}", user.id)).await;
    assert!(page.text().contains("asked for"), "{}", page.text());
    let fields = [("project", own.as_str()), ("id", &user.id.to_string())];
    assert_eq!(admin.call("user_factors_remove", &fields).await.status, 200);
    user.world.sign_in("u").await;
    assert_eq!(noted(&user.world, "user_factors_remove").await.len(), 1);
    assert_eq!(user.shown().await["codes_left"], 0);
}

#[tokio::test]
async fn the_command_line_helps_too() {
    let user = enrolled().await;
    assert!(user.world.cloud.identity.factors_remove("nobody").await.is_err());
    user.world.cloud.identity.factors_remove("u").await.unwrap();
    user.world.sign_in("u").await;
    assert_eq!(noted(&user.world, "user_factors_remove").await[0].0, "offing");
}

/// Who manages a domain does not weaken the sign-in of those who run the cloud.
#[tokio::test]
async fn security_24_a_manager_removes_no_administrators_factors() {
    let user = enrolled().await;
    let admin = user.world.admin().await;
    let directory = &user.world.cloud.directory;
    let manager = user.world.user("manager", user.project, Role::Member).await;
    let manages = NewAssignment {
        actor_kind: "user".into(),
        actor: "manager".into(),
        place_kind: "domain".into(),
        place: "Default".into(),
        role: "manager".into(),
        inherited: false,
    };
    directory.assignment_create(&admin, manages).await.unwrap();
    let manager = user.world.caller(manager, user.project).await;
    let refused = directory.user_factors_remove(&manager, admin.user).await;
    assert!(matches!(refused, Err(api::Error::Forbidden { .. })), "{refused:?}");
    directory.user_factors_remove(&manager, user.id).await.unwrap();
}
