//! Students come in by a code, and their accounts end.

use super::*;

/// A student's browser that has come by a code and chosen a password.
async fn come(world: &World, url: &str) -> (Client, String) {
    let client = world.visitor();
    let path = format!("/join/{}", code(url));
    let shown = client.get(&path).await;
    assert_eq!(shown.status, 200, "{}", shown.text());
    let fields = [("name", "Dora"), ("password", OWN), ("again", OWN)];
    let answer = client.post_from(&path, &path, &fields).await;
    let name = answer.location().strip_prefix("/sign-in?name=").unwrap_or_else(|| panic!("{}", answer.text()));
    let name = form_urlencoded::parse(format!("n={name}").as_bytes()).next().unwrap().1.into_owned();
    let answer = client.post_form("/sign-in", &[("name", &name), ("password", OWN)]).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    (client, name)
}

#[tokio::test]
async fn a_code_sets_the_first_password_once() {
    let world = world().await;
    let new = NewClass { roster: "김민준".into(), cidr: "10.20.0.0/24".into(), ..NewClass::default() };
    let sheet = make(&world, &world.admin().await, new).await;
    world.settle().await;
    let line = &sheet.lines[0];
    // Nobody signs in without a password, and not with an empty one.
    for password in ["", "x"] {
        let answer = world.visitor().post_form("/sign-in", &[("name", "김민준"), ("password", password)]).await;
        assert_eq!(answer.status, 400);
    }
    let path = format!("/join/{}", code(&line.url));
    let client = world.visitor();
    let shown = client.get(&path).await;
    assert!(shown.text().contains("Your user name is 김민준."), "{}", shown.text());
    let answer = client.post_from(&path, &path, &[("password", OWN), ("again", "another battery")]).await;
    assert_eq!(answer.status, 400);
    assert!(answer.text().contains("The two do not agree."));
    let (student, _) = come(&world, &line.url).await;
    assert!(student.get("/").await.location().ends_with("/overview"), "in the own project");
    assert_eq!(world.visitor().get(&path).await.status, 404, "good once");
    let answer = world.visitor().post_from(&path, &path, &[("password", OWN), ("again", OWN)]).await;
    assert_eq!(answer.status, 404);

    // Lost: the teacher makes another, and the old password is void.
    let seat = seats(&world, sheet.class).await.remove(0);
    assert!(!seat.unclaimed);
    let mut tx = world.cloud.db().begin().await.unwrap();
    sqlx::query(
        "insert into passkey (id, user_id, name, credential_id, credential, created_at)
         values ('8d0f6a4e-3c1b-4f55-9a57-2f6f1f0c9b21', $1, 'phone', 'x', '{}', 1)",
    )
    .bind(who(&seat).0.0.to_string())
    .execute(&mut *tx)
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let renewed = world.cloud.classes.seat_code_renew(&world.admin().await, seat.id, BASE).await.unwrap();
    assert_eq!(student.get("/").await.location(), "/sign-in");
    let answer = world.visitor().post_form("/sign-in", &[("name", "김민준"), ("password", OWN)]).await;
    assert_eq!(answer.status, 400);
    // Tried in vain so often that the name is locked out: the new code is good for that too.
    for n in 0..10 {
        let wrong = format!("wrong {n}");
        world.visitor().post_form("/sign-in", &[("name", "김민준"), ("password", &wrong)]).await;
    }
    let user = who(&seats(&world, sheet.class).await[0]).0;
    let shown = world.cloud.directory.user_show(&world.admin().await, user).await.unwrap();
    assert!(shown.locked_out.is_some() && shown.expires_at.is_none());
    assert!(!shown.second_factor, "a passkey opens the door alone, so it is void too");
    come(&world, &renewed.lines[0].url).await;
}

#[tokio::test]
async fn students_join_by_the_classs_code_until_it_is_full() {
    let world = world().await;
    let admin = world.admin().await;
    let new = NewClass { cidr: "10.20.0.0/24".into(), ..NewClass::default() };
    let class = make(&world, &admin, new).await.class;
    let classes = &world.cloud.classes;
    let opened = classes.class_join_open(&admin, class, "2", BASE).await.unwrap();
    assert!(opened.qr.path.starts_with("M4 4"));
    let (first, name) = come(&world, &opened.url).await;
    assert_eq!(name, "dora");
    world.settle().await;
    assert!(first.get("/").await.location().ends_with("/overview"));
    assert_eq!(seats(&world, class).await[0].state, SeatState::Ready);

    // Two at once for the last seat.
    let form = || api::class::JoinForm { name: "Dora".into(), password: OWN.into(), again: OWN.into() };
    let code = code(&opened.url);
    let (one, other) =
        tokio::join!(classes.join(code, form(), "192.0.2.1", "r"), classes.join(code, form(), "192.0.2.2", "r"));
    let (won, lost): (Vec<_>, Vec<_>) = [one, other].into_iter().partition(Result::is_ok);
    assert_eq!(won, [Ok("dora-2".to_owned())]);
    assert_eq!(lost, [Err(Error::Conflict(Conflict::ClassFull))]);
    assert_eq!(seats(&world, class).await.len(), 2);
    let full = world.visitor().get(&format!("/join/{code}")).await;
    assert!(full.text().contains("Every seat of this class is taken."), "{}", full.text());

    // A new code voids the last; none is left once it is withdrawn.
    let again = classes.class_join_open(&admin, class, "9", BASE).await.unwrap();
    assert_eq!(world.visitor().get(&format!("/join/{code}")).await.status, 404);
    come(&world, &again.url).await;
    classes.class_join_close(&admin, class).await.unwrap();
    let path = format!("/join/{}", self::code(&again.url));
    let (unknown, withdrawn) =
        (world.visitor().get("/join/aaaa-bbbb-cccc-dddd").await, world.visitor().get(&path).await);
    assert_eq!((unknown.status, withdrawn.status), (404, 404));
    let said = "This code opens nothing, or nothing any more.";
    assert!(unknown.text().contains(said) && withdrawn.text().contains(said), "answered alike");
}

#[tokio::test]
async fn whoever_tries_many_codes_waits() {
    let world = world().await;
    let admin = world.admin().await;
    let class = make(&world, &admin, NewClass::default()).await.class;
    let opened = world.cloud.classes.class_join_open(&admin, class, "", BASE).await.unwrap();
    let path = format!("/join/{}", code(&opened.url));
    for n in 0..60 {
        assert_eq!(world.visitor().get(&format!("/join/wrong-{n}")).await.status, 404);
    }
    assert_eq!(world.visitor().get(&path).await.status, 404, "not even the right one is looked at");
    assert!(world.cloud.classes.join_show(code(&opened.url), "198.51.100.1").await.is_ok(), "elsewhere it is");
    world.clock.advance(Duration::from_secs(16 * 60));
    assert_eq!(world.visitor().get(&path).await.status, 200);
}

#[tokio::test]
async fn accounts_end_with_the_class() {
    let world = world().await;
    let admin = world.admin().await;
    let new = NewClass {
        roster: "Ann\nBob".into(),
        cidr: "10.20.0.0/24".into(),
        expires: "2026-01-01".into(),
        ..NewClass::default()
    };
    let sheet = make(&world, &admin, new).await;
    world.settle().await;
    let opened = world.cloud.classes.class_join_open(&admin, sheet.class, "", BASE).await.unwrap();
    world.clock.advance(Duration::from_secs(23 * 3600 + 1800));
    let (ann, name) = come(&world, &sheet.lines[0].url).await;
    let (user, project) = who(&seats(&world, sheet.class).await[0]);
    let mut events = ann.events(project).await;

    // The session would have lasted.
    world.clock.advance(Duration::from_secs(2400));
    // Nobody has looked yet: it is asked at each use.
    let answer = world.visitor().post_form("/sign-in", &[("name", &name), ("password", OWN)]).await;
    assert_eq!(answer.status, 400);
    assert_eq!(world.cloud.identity.caller(user, project, "r").await, Err(Error::Unauthenticated));
    for url in [&opened.url, &sheet.lines[1].url] {
        assert_eq!(world.visitor().get(&format!("/join/{}", code(url))).await.status, 404);
    }
    world.settle().await;
    assert_eq!(ann.get(&format!("/p/{project}/overview")).await.location().split('?').next(), Some("/sign-in"));
    assert_eq!(events.next().await, None, "what was open is closed");
    let shown = world.cloud.classes.class_show(&admin, sheet.class).await.unwrap();
    assert!(shown.class.expired);
    let past = world.cloud.classes.class_extend(&admin, sheet.class, "2026-01-01").await.unwrap_err();
    assert_eq!(past.of_field("expires"), Some(&Why::Past));
    let office = admin.project;
    let page = world.sign_in("admin").await.get(&format!("/p/{office}/admin/users/{user}")).await;
    assert!(page.text().contains("Account ends"), "the user's page says so");
    world.cloud.classes.class_extend(&admin, sheet.class, "2026-03-31").await.unwrap();
    let answer = world.visitor().post_form("/sign-in", &[("name", &name), ("password", OWN)]).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
}

#[tokio::test]
async fn everything_is_written_down() {
    let world = world().await;
    let admin = world.admin().await;
    let sheet = make(&world, &admin, NewClass { roster: "Ann".into(), ..NewClass::default() }).await;
    world.settle().await;
    let classes = &world.cloud.classes;
    let opened = classes.class_join_open(&admin, sheet.class, "", BASE).await.unwrap();
    come(&world, &opened.url).await;
    come(&world, &sheet.lines[0].url).await;
    classes.class_join_close(&admin, sheet.class).await.unwrap();
    classes.class_extend(&admin, sheet.class, "2030-01-01").await.unwrap();
    classes.seat_create(&admin, sheet.class, "Bob", BASE).await.unwrap();
    classes.class_reset(&admin, sheet.class).await.unwrap();
    world.settle().await;
    let seat = seats(&world, sheet.class).await.remove(0);
    classes.seat_code_renew(&admin, seat.id, BASE).await.unwrap();
    classes.class_remove(&admin, sheet.class, "Networks").await.unwrap();
    world.settle().await;
    let rows = sqlx::query("select distinct verb from audit").fetch_all(world.cloud.db().read()).await.unwrap();
    let verbs: Vec<String> = rows.iter().map(|row| row.get("verb")).collect();
    for verb in [
        "class_create",
        "user_create",
        "project_create",
        "class_join_open",
        "class_join",
        "seat_claim",
        "class_join_close",
        "class_extend",
        "seat_create",
        "class_reset",
        "seat_code_renew",
        "class_remove",
    ] {
        assert!(verbs.iter().any(|is| is == verb), "{verb} in {verbs:?}");
    }
    // No code is at rest anywhere.
    let code = code(&sheet.lines[0].url).to_owned();
    let plain = code.replace('-', "");
    let file = std::fs::read(world.data.path().join("offing.db")).unwrap();
    let wal = std::fs::read(world.data.path().join("offing.db-wal")).unwrap_or_default();
    for text in [code.as_bytes(), plain.as_bytes()] {
        assert!(![&file, &wal].iter().any(|bytes| bytes.windows(text.len()).any(|at| at == text)));
    }
}
