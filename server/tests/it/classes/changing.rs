//! A class is changed: what its seats may use, who teaches it, and who sits in it.

use super::*;
use api::class::ClassForm;
use api::quota::{Quotas as _, Resource};

#[tokio::test]
async fn a_change_holds_in_every_seat() {
    let world = world().await;
    let (guest, other) = (image(&world, "guest").await, image(&world, "other").await);
    let school = world.project("school").await;
    let first = world.user("first", school, Role::Reader).await;
    let second = world.user("second", school, Role::Reader).await;
    let admin = world.admin().await;
    let new = NewClass {
        roster: names(2),
        teachers: "first".into(),
        cidr: "10.20.0.0/24".into(),
        limits: [("instances".to_owned(), "1".to_owned())].into(),
        images: vec![guest.to_string()],
        ..NewClass::default()
    };
    let class = make(&world, &admin, new).await.class;
    world.settle().await;
    let ann = student(&world, &seats(&world, class).await[0]).await;

    let (client, office) = (world.sign_in("admin").await, admin.project.to_string());
    let page = format!("/p/{office}/classes/{class}/edit");
    let shown = client.get(&page).await;
    assert_eq!((shown.field("teachers").as_str(), shown.field("\"limits[instances]\"").as_str()), ("first", "1"));
    let (id, other_id) = (class.to_string(), other.to_string());
    let fields = [
        ("project", office.as_str()),
        ("id", &id),
        ("teachers", "second"),
        ("images[]", &other_id),
        ("limits[cores]", "4"),
    ];
    let answer = client.post_from(&page, "/api/class_update", &fields).await;
    assert!(answer.location().ends_with(&format!("/classes/{class}?tab=overview")), "{}", answer.location());

    let images = world.cloud.images.image_list(&ann, &ListQuery::default()).await.unwrap();
    assert_eq!(images.items.iter().map(|image| image.id).collect::<Vec<_>>(), [other]);
    let usage = world.cloud.quotas.quota_usage(&ann).await.unwrap();
    let limit = |of: Resource| usage.iter().find(|usage| usage.resource == of).unwrap().limit;
    assert_eq!((limit(Resource::Instances), limit(Resource::Cores)), (10, 4), "the default, and the new one");
    assert_eq!(world.caller(second, ann.project).await.role, Role::Manager);
    assert!(world.cloud.identity.caller(first, ann.project, "r").await.is_err(), "teaches no more");
    assert_eq!(world.caller(ann.user, ann.project).await.role, Role::Member);
    let teacher = world.caller(first, school).await;
    assert!(matches!(world.cloud.classes.class_show(&teacher, class).await, Err(Error::NotFound { .. })));

    // Seats that are made later are like the others.
    world.cloud.classes.seat_create(&admin, class, "Zoe", BASE).await.unwrap();
    world.settle().await;
    let zoe = seats(&world, class).await.into_iter().find(|seat| seat.name == "Zoe").unwrap();
    assert_eq!(world.caller(second, who(&zoe).1).await.role, Role::Manager);

    // Who teaches changes none of it.
    let teacher = world.caller(second, school).await;
    let refused = world.cloud.classes.class_update(&teacher, class, ClassForm::default()).await;
    assert!(matches!(refused, Err(Error::Forbidden { .. })), "{refused:?}");
}

/// A student who helps is a manager in the own project too, and a student again afterwards.
#[tokio::test]
async fn a_student_may_teach_for_a_while() {
    let world = world().await;
    let class = class(&world, 2).await;
    let all = seats(&world, class).await;
    let (admin, (user, project)) = (world.admin().await, who(&all[0]));
    let form = |teachers: &str| ClassForm { teachers: teachers.into(), ..ClassForm::default() };
    let name = &all[0].user.as_ref().unwrap().1;
    world.cloud.classes.class_update(&admin, class, form(name.as_str())).await.unwrap();
    assert_eq!(world.caller(user, who(&all[1]).1).await.role, Role::Manager);
    world.cloud.classes.class_update(&admin, class, form("admin")).await.unwrap();
    assert_eq!(world.caller(user, project).await.role, Role::Member);
    assert!(world.cloud.identity.caller(user, who(&all[1]).1, "r").await.is_err());
}

#[tokio::test]
async fn security_28_a_list_that_has_become_empty_opens_only_by_choice() {
    let world = world().await;
    let (guest, other) = (image(&world, "guest").await, image(&world, "other").await);
    image(&world, "third").await;
    let admin = world.admin().await;
    let new = NewClass { roster: "Ann".into(), images: vec![guest.to_string()], ..NewClass::default() };
    let class = make(&world, &admin, new).await.class;
    world.settle().await;
    let ann = student(&world, &seats(&world, class).await[0]).await;
    world.cloud.images.image_delete(&admin, guest).await.unwrap();
    let none = ClassForm::default();
    let one = ClassForm { images: vec![other.to_string()], ..ClassForm::default() };
    for (form, expected) in [(none.clone(), 0), (one, 1), (none, 2)] {
        world.cloud.classes.class_update(&admin, class, form.clone()).await.unwrap();
        let seen = world.cloud.images.image_list(&ann, &ListQuery::default()).await.unwrap().total;
        assert_eq!(seen, expected, "{form:?}");
    }
}

#[tokio::test]
async fn a_student_leaves_the_class() {
    let world = world().await;
    let guest = image(&world, "guest").await;
    let class = class(&world, 2).await;
    let all = seats(&world, class).await;
    for seat in &all {
        launch_with(&world, &student(&world, seat).await, guest, "m1.nano").await.unwrap();
    }
    world.settle().await;
    let (admin, classes) = (world.admin().await, &world.cloud.classes);
    let wrong = classes.seat_remove(&admin, all[0].id, "Student 2").await.unwrap_err();
    assert!(matches!(wrong.of_field("confirm"), Some(Why::NotTheName { .. })));
    classes.seat_remove(&admin, all[0].id, "Student 1").await.unwrap();
    assert!(world.cloud.identity.caller(who(&all[0]).0, who(&all[0]).1, "r").await.is_err(), "at once");
    // What is going is not made anew by what is done to the whole class, and nobody is given a code for it.
    let gone = Err(Error::Conflict(Conflict::BeingRemoved { kind: api::Kind::Seat }));
    assert_eq!(classes.seat_reset(&admin, all[0].id).await, gone);
    assert!(classes.seat_code_renew(&admin, all[0].id, BASE).await.is_err());
    classes.class_reset(&admin, class).await.unwrap();
    world.settle().await;
    assert_eq!(outcome(&world, "seat_remove").await, (OperationState::Succeeded, 100));
    let left = seats(&world, class).await;
    assert_eq!((left.len(), left[0].id, left[0].state), (1, all[1].id, SeatState::Ready));
    assert!(world.cloud.directory.user_show(&admin, who(&all[0]).0).await.is_err());
    assert!(world.cloud.directory.project_show(&admin, who(&all[0]).1).await.is_err());
    // One whose user and project have gone by another way can go too.
    let (user, project) = who(&left[0]);
    world.cloud.directory.user_delete(&admin, user).await.unwrap();
    world.cloud.directory.project_delete(&admin, project, &left[0].project.as_ref().unwrap().1).await.unwrap();
    world.settle().await;
    classes.seat_remove(&admin, left[0].id, "Student 2").await.unwrap();
    world.settle().await;
    assert!(seats(&world, class).await.is_empty());
}

/// Whoever teaches a student has not what the student has elsewhere: neither by a new password, nor by removing the account.
#[tokio::test]
async fn security_24_a_seat_is_no_way_to_another_project() {
    let world = world().await;
    let (school, lab) = (world.project("school").await, world.project("lab").await);
    let teacher = world.user("teacher", school, Role::Reader).await;
    let admin = world.admin().await;
    let new = NewClass { roster: "Ann".into(), teachers: "teacher".into(), ..NewClass::default() };
    let class = make(&world, &admin, new).await.class;
    world.settle().await;
    let seat = seats(&world, class).await.remove(0);
    let (classes, identity) = (&world.cloud.classes, &world.cloud.identity);
    identity.assignment_set(&admin, who(&seat).0, lab, Role::Member).await.unwrap();
    let at_school = world.caller(teacher, school).await;
    let refused = classes.seat_code_renew(&at_school, seat.id, BASE).await.err();
    assert!(matches!(refused, Some(Error::Forbidden { .. })), "{refused:?}");
    for refused in [
        classes.seat_remove(&at_school, seat.id, "Ann").await,
        classes.class_remove(&at_school, class, "Networks").await,
    ] {
        assert!(matches!(refused, Err(Error::Forbidden { .. })), "{refused:?}");
    }
    // A reader there is still below.
    identity.assignment_set(&admin, teacher, lab, Role::Reader).await.unwrap();
    assert!(classes.seat_code_renew(&at_school, seat.id, BASE).await.is_err());
    identity.assignment_set(&admin, teacher, lab, Role::Member).await.unwrap();
    assert!(classes.seat_code_renew(&at_school, seat.id, BASE).await.is_ok());
}

/// Codes that would open nothing are not given out, and a domain does not go from under its classes.
#[tokio::test]
async fn what_would_lead_nowhere_says_why() {
    let world = world().await;
    let admin = world.admin().await;
    let new = NewClass { roster: "Ann".into(), expires: "2026-01-01".into(), ..NewClass::default() };
    let class = make(&world, &admin, new).await.class;
    world.settle().await;
    let seat = seats(&world, class).await.remove(0);
    world.clock.advance(Duration::from_secs(24 * 3600));
    let classes = &world.cloud.classes;
    let ended = Some(Error::Conflict(Conflict::ClassEnded));
    assert_eq!(classes.seat_create(&admin, class, "Bob", BASE).await.err(), ended);
    assert_eq!(classes.seat_code_renew(&admin, seat.id, BASE).await.err(), ended);
    assert_eq!(classes.class_join_open(&admin, class, "", BASE).await.err(), ended);

    let directory = &world.cloud.directory;
    let form = api::directory::DomainForm { name: "d".into(), disabled: true, ..Default::default() };
    let domain = directory.domain_create(&admin, form).await.unwrap();
    let theirs = NewClass { name: "Theirs".into(), domain: domain.to_string(), ..NewClass::default() };
    let theirs = make(&world, &admin, theirs).await.class;
    let (kind, holds) = (api::Kind::Domain, api::Kind::Class);
    let held = Err(Error::Conflict(Conflict::NotEmpty { kind, holds, count: 1 }));
    assert_eq!(directory.domain_delete(&admin, domain).await, held);
    classes.class_remove(&admin, theirs, "Theirs").await.unwrap();
    world.settle().await;
    directory.domain_delete(&admin, domain).await.unwrap();
}
