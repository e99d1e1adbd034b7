//! Application credentials: what they are good for, and what ends them.

use crate::identity_api::{
    TOKENS, ann, ask, by_credential, by_password, by_token, credential, form, get, in_project, issued, lives, own,
    send, with_credential,
};
use crate::world::{PASSWORD, World};
use api::Role;
use api::credential::{CredentialForm, Credentials as _};
use api::directory::{Directory as _, NewAssignment, RoleForm};
use axum::http::Method;
use serde_json::{Value, json};
use std::time::Duration;

/// The same of what came with an application credential, which itself outlives a password.
#[tokio::test]
async fn security_13_credentials_end_with_what_they_stand_on() {
    for ends in ["disable", "role", "project", "user", "day", "delete", "revoke"] {
        let (world, project, user, caller) = ann().await;
        let admin = world.admin().await;
        let directory = &world.cloud.directory;
        let new = CredentialForm { expires: "2026-01-01T00:30:00Z".into(), ..form("ci") };
        let (made, token) = with_credential(&world, &caller, new).await;
        let id = made.credential.id;
        assert!(lives(&world, &token).await);
        match ends {
            "disable" => directory.user_enable(&admin, user, false).await.unwrap(),
            "role" => world.cloud.identity.assignment_set(&admin, user, project, Role::Reader).await.unwrap(),
            "project" => directory.project_enable(&admin, project, false).await.unwrap(),
            "user" => directory.user_delete(&admin, user).await.unwrap(),
            "day" => world.clock.advance(Duration::from_secs(1800)),
            "delete" => world.cloud.identity.credential_delete(&caller, id).await.unwrap(),
            _ => world.cloud.identity.credential_revoke(&admin, id).await.unwrap(),
        }
        assert!(!lives(&world, &token).await, "its token after {ends}");
        let again = ask(&world, by_credential(&id.to_string(), &made.secret)).await;
        assert_eq!(again.status, 401, "the credential after {ends}");
    }
    let (world, _, _, caller) = ann().await;
    let (made, token) = with_credential(&world, &caller, form("ci")).await;
    world.cloud.identity.password_set("ann", "another horse battery", false).await.unwrap();
    assert!(!lives(&world, &token).await);
    assert_eq!(ask(&world, by_credential(&made.credential.id.to_string(), &made.secret)).await.status, 201);
}

#[tokio::test]
async fn a_credential_has_the_roles_that_were_chosen() {
    let (world, project, user, caller) = ann().await;
    let chosen = CredentialForm { roles: vec!["reader".into()], ..form("look") };
    let made = credential(&world, &caller, chosen).await;
    let answer = ask(&world, by_credential(&made.credential.id.to_string(), &made.secret)).await;
    let stands_for = answer.json()["token"].clone();
    assert_eq!(stands_for["roles"].as_array().unwrap().len(), 1);
    assert_eq!(stands_for["roles"][0]["name"], "reader");
    assert_eq!(stands_for["application_credential"]["restricted"], true);
    assert_eq!(stands_for["project"]["id"], project.to_string());
    let bearer = world.cloud.identity.bearer(answer.header("x-subject-token"), "", "").await.unwrap();
    assert_eq!(bearer.scope.unwrap().caller.role, Role::Reader);
    for roles in [vec!["admin".to_owned()], vec!["reader".to_owned(), "nobody's".to_owned()]] {
        let refused = world.cloud.identity.credential_create(&caller, CredentialForm { roles, ..form("more") }).await;
        assert!(matches!(refused.err(), Some(api::Error::Invalid(faults)) if faults[0].name == "roles"));
    }
    // By its name and its owner's.
    let user = json!({"id": user.to_string()});
    let with = json!({"name": "look", "user": user, "secret": made.secret});
    let named = json!({"auth": {"identity": {"methods": ["application_credential"], "application_credential": with}}});
    assert_eq!(ask(&world, named).await.status, 201);
}

/// What the owner is beyond the project, and roles that only a name gives.
#[tokio::test]
async fn security_14_a_credential_is_no_more_than_its_roles() {
    let (world, project, user, _) = ann().await;
    let admin = world.admin().await;
    let directory = &world.cloud.directory;
    let assign = |role: &str, kind: &str, place: String| NewAssignment {
        actor_kind: "user".into(),
        actor: user.to_string(),
        place_kind: kind.into(),
        place,
        role: role.into(),
        inherited: false,
    };
    directory.role_create(&admin, RoleForm { name: "auditor".into(), ..RoleForm::default() }).await.unwrap();
    for new in [
        assign("auditor", "project", project.to_string()),
        assign("manager", "domain", admin.domain.to_string()),
        assign("reader", "system", String::new()),
    ] {
        directory.assignment_create(&admin, new).await.unwrap();
    }
    let caller = world.caller(user, project).await;
    assert!(!caller.manages.is_empty() && caller.system.is_some());
    let (made, token) = with_credential(&world, &caller, form("all")).await;
    let names: Vec<_> = made.credential.roles.iter().map(|(_, name)| name.as_str()).collect();
    assert_eq!(names, ["auditor", "member", "reader"], "what holds in the project, and nothing else");
    let scope = world.cloud.identity.bearer(&token, "", "").await.unwrap().scope.unwrap();
    assert_eq!((scope.caller.role, scope.caller.system, scope.caller.manages), (Role::Member, None, Vec::new()));
}

/// A delegated credential that makes more of itself: OSSA-2020-004, 2026-005.
#[tokio::test]
async fn security_14_a_credential_makes_no_other() {
    let (world, project, user, caller) = ann().await;
    let (made, restricted) = with_credential(&world, &caller, form("ci")).await;
    let id = made.credential.id;
    let new = json!({"application_credential": {"name": "child"}});
    let post = async |token: &str, body: Value| {
        send(&world, Method::POST, &own(user), &[("x-auth-token", token)], body).await.status
    };
    assert_eq!(post(&restricted, new.clone()).await, 403);
    let one = format!("{}/{id}", own(user));
    let delete =
        async |token: &str| send(&world, Method::DELETE, &one, &[("x-auth-token", token)], Value::Null).await.status;
    assert_eq!(delete(&restricted).await, 403);
    assert_eq!(get(&world, &restricted, &one).await.status, 200, "it may look");
    assert_eq!(ask(&world, by_token(&restricted, in_project(project))).await.status, 403, "nor is it exchanged");
    assert_eq!(ask(&world, by_token(&restricted, json!("unscoped"))).await.status, 403);

    // An unrestricted one makes others, but none with more than it has.
    let parent = CredentialForm {
        unrestricted: true,
        roles: vec!["reader".into()],
        expires: "2026-02-01".into(),
        rules: vec!["identity POST /v3/users/*/application_credentials".into()],
        ..form("parent")
    };
    let (_, token) = with_credential(&world, &caller, parent).await;
    let child = |roles: Value, expires: Value, rules: Value| json!({"application_credential": {"name": "child", "roles": roles, "expires_at": expires, "access_rules": rules}});
    let (reader, january) = (json!([{"name": "reader"}]), json!("2026-01-20T00:00:00Z"));
    let rule = json!([{"service": "identity", "method": "POST", "path": "/v3/users/*/application_credentials"}]);
    assert_eq!(post(&token, child(json!([{"name": "member"}]), january.clone(), rule.clone())).await, 403);
    assert_eq!(post(&token, child(reader.clone(), Value::Null, rule.clone())).await, 403);
    assert_eq!(post(&token, child(reader.clone(), january.clone(), json!([]))).await, 403);
    assert_eq!(post(&token, child(reader.clone(), january.clone(), rule.clone())).await, 201);
    assert_eq!(post(&token, child(reader, january, rule)).await, 409, "the name is taken");

    // And one's own password, sessions and the like are out of reach of any token.
    let bearer = world.cloud.identity.bearer(&token, "", "").await.unwrap();
    let scope = bearer.scope.unwrap();
    let change = api::account::PasswordChange {
        current: PASSWORD.into(),
        new: api::account::NewPassword { new: "another battery".into(), again: "another battery".into() },
    };
    let refused = api::account::Account::password_change(&*world.cloud.identity, &scope.caller, change).await;
    assert_eq!(refused, Err(api::Error::Unauthenticated));
}

#[tokio::test]
async fn access_rules_are_the_only_requests() {
    let (world, _, user, caller) = ann().await;
    let rules = vec!["identity GET /v3/users/{user_id}/application_credentials".into(), "compute GET /**".into()];
    let (_, token) =
        with_credential(&world, &caller, CredentialForm { rules, unrestricted: true, ..form("look") }).await;
    let status = async |method: Method, path: &str| {
        send(&world, method, path, &[("x-auth-token", &token)], json!({"application_credential": {"name": "x"}}))
            .await
            .status
    };
    let list = own(user);
    assert_eq!(status(Method::GET, &list).await, 200);
    assert_eq!(status(Method::POST, &list).await, 403, "another method");
    assert_eq!(status(Method::HEAD, &list).await, 403, "another method");
    assert_eq!(status(Method::GET, &format!("{list}/{}", crate::unauthorized::NOBODY)).await, 403, "another path");
    assert_eq!(status(Method::GET, "/identity/v3/auth/catalog").await, 403, "another path, and another service's rule");
    // The same list to a router, written otherwise.
    for odd in [
        list.replace("/v3/users", "/v3/%75sers"),
        list.replace("/application", "/%61pplication"),
        list.replace("/v3/", "//v3/"),
        list.replace("/v3/", "/x/../v3/"),
        list.replace("/v3/", "/v3/./"),
        format!("{list}/"),
        format!("{list};x"),
    ] {
        assert!([403, 404].contains(&status(Method::GET, &odd).await), "{odd}");
    }
    assert_eq!(status(Method::GET, &format!("{list}?name=look")).await, 200, "a query is no part of a path");
    // What it is itself, it may ask and end.
    let headers = [("x-auth-token", token.as_str()), ("x-subject-token", token.as_str())];
    assert_eq!(send(&world, Method::GET, TOKENS, &headers, Value::Null).await.status, 200);
    let other = issued(&world, by_password("ann", PASSWORD, Value::Null)).await;
    let headers = [("x-auth-token", token.as_str()), ("x-subject-token", other.as_str())];
    assert_eq!(send(&world, Method::DELETE, TOKENS, &headers, Value::Null).await.status, 403);
    assert!(lives_unscoped(&world, &other).await);
}

async fn lives_unscoped(world: &World, token: &str) -> bool {
    let headers = [("x-auth-token", token), ("x-subject-token", token)];
    send(world, Method::GET, TOKENS, &headers, Value::Null).await.status == 200
}

#[tokio::test]
async fn credentials_are_managed_through_the_api() {
    let (world, project, user, _) = ann().await;
    let token = issued(&world, by_password("ann", PASSWORD, in_project(project))).await;
    let headers = [("x-auth-token", token.as_str())];
    let new = json!({"application_credential": {
        "name": "ci", "description": "Builds", "roles": [{"name": "member"}], "secret": "a secret of their own",
        "expires_at": "2026-03-01T00:00:00.000000Z",
        "access_rules": [{"service": "compute", "method": "GET", "path": "/v2.1/servers/**"}],
    }});
    let made = send(&world, Method::POST, &own(user), &headers, new).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let made = made.json()["application_credential"].clone();
    assert_eq!(made["secret"], "a secret of their own");
    assert_eq!(made["expires_at"], "2026-03-01T00:00:00.000000Z");
    assert_eq!(made["access_rules"][0]["path"], "/v2.1/servers/**");
    let listed = get(&world, &token, &own(user)).await.json();
    assert_eq!(listed["application_credentials"][0]["id"], made["id"]);
    assert_eq!(
        get(&world, &token, &format!("{}?name=other", own(user))).await.json()["application_credentials"],
        json!([])
    );
    let one = format!("{}/{}", own(user), made["id"].as_str().unwrap());
    assert_eq!(get(&world, &token, &one).await.json()["application_credential"]["name"], "ci");
    assert_eq!(send(&world, Method::DELETE, &one, &headers, Value::Null).await.status, 204);
    assert_eq!(get(&world, &token, &one).await.status, 404);
    for (field, value) in [
        ("expires_at", json!("2025-01-01")),
        ("secret", json!("short")),
        ("access_rules", json!([{"service": "x", "method": "GET", "path": "no"}])),
    ] {
        let mut bad = json!({"application_credential": {"name": "bad"}});
        bad["application_credential"][field] = value;
        assert_eq!(send(&world, Method::POST, &own(user), &headers, bad).await.status, 400, "{field}");
    }
}

/// The console's form, posted plainly: the secret stands on the page that answers it, with the files, and nowhere afterwards.
#[tokio::test]
async fn the_secret_is_shown_once() {
    let (world, project, user, _) = ann().await;
    let client = world.sign_in("ann").await;
    let page = format!("/p/{project}/account/application-credentials/create");
    let project = project.to_string();
    let fields = [
        ("project", project.as_str()),
        ("name", "ci"),
        ("expires", "2026-01-31"),
        ("rules", "identity GET /v3/auth/catalog\n"),
    ];
    let bad = [("project", project.as_str()), ("name", "ci"), ("expires", "soon"), ("rules", "identity GET /\nx")];
    let refused = client.post_from(&page, "/api/credential_create", &bad).await;
    assert_eq!(refused.status, 400);
    assert!(refused.text().contains("Line 2") && refused.text().contains("2030-12-31"), "{}", refused.text());
    // That page has the form's address; posted from there, the form still knows where it stands.
    let form = scraper::Selector::parse("form.form").unwrap();
    let action = refused.html().select(&form).next().unwrap().attr("action").unwrap().to_owned();
    assert_eq!(client.post_from("/api/credential_create", &action, &bad).await.status, 400);
    let answer = client.post_from("/api/credential_create", &action, &fields).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let html = answer.html();
    let links = scraper::Selector::parse("a[download]").unwrap();
    let files: Vec<_> =
        html.select(&links).map(|link| (link.attr("download").unwrap(), link.attr("href").unwrap())).collect();
    assert_eq!(files.iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["clouds.yaml", "ci-openrc.sh"]);
    let secret = files[1].1.split("CREDENTIAL_SECRET%3D%27").nth(1).unwrap().split("%27").next().unwrap();
    assert_eq!(secret.len(), 40);
    let code = scraper::Selector::parse("code").unwrap();
    assert!(html.select(&code).any(|code| code.text().collect::<String>() == secret), "it can be copied as well");
    let list = client.get(&format!("/p/{project}/account/application-credentials")).await;
    assert!(list.text().contains("ci") && !list.text().contains(secret));
    let ann = world.caller(user, project.parse().unwrap()).await;
    let found = world.cloud.identity.credential_list(&ann, &Default::default()).await.unwrap();
    let id = found.items[0].id.to_string();
    assert_eq!(ask(&world, by_credential(&id, secret)).await.status, 201);
}
