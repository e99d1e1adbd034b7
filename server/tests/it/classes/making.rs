//! A class is made from a list and a template, and its template holds.

use super::*;

#[tokio::test]
async fn a_class_of_thirty() {
    let world = world().await;
    let guest = image(&world, "guest").await;
    let admin = world.admin().await;
    let (client, office) = (world.sign_in("admin").await, admin.project.to_string());
    let page = format!("/p/{office}/classes/create");
    assert!(client.get(&page).await.text().contains("guest"), "images to choose from");
    let (roster, guest_id) = (names(30), guest.to_string());
    let fields = [
        ("project", office.as_str()),
        ("name", "Networks"),
        ("roster", &roster),
        ("cidr", "10.20.0.0/24"),
        ("limits[instances]", "2"),
        ("images[]", &guest_id),
    ];
    let begun = Instant::now();
    let answer = client.post_from(&page, "/api/class_create", &fields).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.text().matches("<code>http://cloud.example/join/").count(), 30, "codes, once");
    world.settle().await;
    println!("a class of 30 was there after {} ms", begun.elapsed().as_millis());
    assert_eq!(outcome(&world, "class_create").await, (OperationState::Succeeded, 100));

    let listed = world.cloud.classes.class_list(&admin, &ListQuery::default()).await.unwrap();
    let class = listed.items[0].id;
    assert_eq!((listed.total, listed.items[0].seats, listed.items[0].working), (1, 30, 0));
    let all = seats(&world, class).await;
    assert!(all.iter().all(|seat| seat.state == SeatState::Ready && seat.unclaimed && seat.fault.is_none()));
    for seat in &all {
        let student = student(&world, seat).await;
        assert_eq!(student.role, Role::Member);
        let networks = world.cloud.networks.network_list(&student, &ListQuery::default()).await.unwrap();
        let own: Vec<_> = networks.items.iter().filter(|network| !network.external).collect();
        assert_eq!((own.len(), own[0].subnets[0].cidr.as_str()), (1, "10.20.0.0/24"));
        launch_with(&world, &student, guest, "m1.nano").await.unwrap();
    }
    world.settle().await;
    assert_eq!(world.hypervisor.list().await.unwrap().len(), 30);

    let shown = client.get(&format!("/p/{office}/classes/{class}?limit=50")).await;
    assert_eq!(shown.text().matches("?tab=console").count(), 30, "the way to each console");
    assert_eq!(shown.text().matches("data-state=\"ACTIVE\"").count(), 30);
    assert!(!shown.text().contains("/join/"), "no code is shown again");
}

#[tokio::test]
async fn every_line_of_a_list_is_looked_at() {
    let world = world().await;
    let admin = world.admin().await;
    let (client, office) = (world.sign_in("admin").await, admin.project.to_string());
    let page = format!("/p/{office}/classes/create");
    let roster = "Ann,admin\nBob,bob,bob\n";
    let fields = [
        ("project", office.as_str()),
        ("name", ""),
        ("roster", roster),
        ("cidr", "10.0.0.0/33"),
        ("limits[cores]", "many"),
        ("teachers", "nobody"),
        ("expires", "yesterday"),
    ];
    let answer = client.post_from(&page, "/api/class_create", &fields).await;
    assert_eq!(answer.status, 400);
    for fault in [
        "Line 1: There is already a user with this name.",
        "Line 2: Not an address for e-mail",
        "There is no user “nobody” here.",
        "Not a day such as 2030-12-31.",
        "Not a network in CIDR form",
        "A whole number, or −1 for no limit.",
    ] {
        assert!(answer.text().contains(fault), "{fault}: {}", answer.text());
    }
    assert!(answer.text().contains("Bob,bob,bob"), "what was typed is kept");
    let listed = world.cloud.classes.class_list(&admin, &ListQuery::default()).await.unwrap();
    assert_eq!(listed.total, 0, "nothing was made");
}

#[tokio::test]
async fn user_names_are_made_of_names_and_are_nobody_elses() {
    let world = world().await;
    let admin = world.admin().await;
    world.cloud.identity.user_create(&admin, "김민준", PASSWORD).await.unwrap();
    let roster = "김민준\n김민준\nAnn Lee\nann lee\nBob,robert";
    let sheet = make(&world, &admin, NewClass { roster: roster.into(), ..NewClass::default() }).await;
    let made: Vec<_> = sheet.lines.iter().map(|line| line.user_name.as_str()).collect();
    assert_eq!(made, ["김민준-2", "김민준-3", "ann.lee", "ann.lee-2", "robert"]);
    assert!(sheet.csv.contains("Ann Lee,ann.lee,http://cloud.example/join/"), "{}", sheet.csv);
}

#[tokio::test]
async fn security_28_lists_hold_on_every_way() {
    let world = world().await;
    let (guest, other) = (image(&world, "guest").await, image(&world, "other").await);
    let admin = world.admin().await;
    let flavors = world.cloud.compute.flavor_list(&admin).await.unwrap();
    let nano = flavors.iter().find(|flavor| flavor.name == "m1.nano").unwrap().id;
    let new = NewClass {
        roster: "Ann".into(),
        cidr: "10.20.0.0/24".into(),
        limits: [("instances".to_owned(), "1".to_owned())].into(),
        images: vec![guest.to_string()],
        flavors: vec![nano.to_string()],
        ..NewClass::default()
    };
    let class = make(&world, &admin, new).await.class;
    world.settle().await;
    let ann = student(&world, &seats(&world, class).await[0]).await;
    let images = world.cloud.images.image_list(&ann, &ListQuery::default()).await.unwrap();
    assert_eq!(images.items.iter().map(|image| image.id).collect::<Vec<_>>(), [guest]);
    assert!(matches!(world.cloud.images.image_show(&ann, other).await, Err(Error::NotFound { .. })));
    let allowed = world.cloud.compute.flavor_list(&ann).await.unwrap();
    assert_eq!(allowed.iter().map(|flavor| flavor.id).collect::<Vec<_>>(), [nano]);

    let refused = launch_with(&world, &ann, other, "m1.nano").await.unwrap_err();
    assert_eq!(refused.of_field("image"), Some(&Why::Gone { kind: api::Kind::Image }));
    let refused = launch_with(&world, &ann, guest, "m1.tiny").await.unwrap_err();
    assert_eq!(refused.of_field("flavor"), Some(&Why::Gone { kind: api::Kind::Flavor }));
    let vm = launch_with(&world, &ann, guest, "m1.nano").await.unwrap();
    world.settle().await;
    assert!(matches!(launch_with(&world, &ann, guest, "m1.nano").await, Err(Error::Quota { .. })));

    // Nor does any other image come in.
    let bound = |result: Result<ImageId, Error>| assert_eq!(result, Err(Error::Conflict(Conflict::ImagesBound)));
    bound(world.cloud.compute.instance_snapshot(&ann, vm, "mine").await);
    let file = world.data.path().join("own.img");
    std::fs::write(&file, server::seed::disk()).unwrap();
    bound(world.cloud.images.image_register(&ann, "own", &file, Visibility::Private).await);
    let new = api::image::NewUpload {
        image: api::image::NewImage { name: "own".into(), ..Default::default() },
        size: 512,
        ..Default::default()
    };
    bound(world.cloud.images.image_upload_begin(&ann, new).await);
    bound(world.cloud.images.image_copy(&ann, guest, "copy").await);

    // A list whose last image is gone allows nothing, not everything.
    world.cloud.compute.instance_delete(&ann, vm).await.unwrap();
    world.settle().await;
    world.cloud.images.image_delete(&admin, guest).await.unwrap();
    world.settle().await;
    assert_eq!(world.cloud.images.image_list(&ann, &ListQuery::default()).await.unwrap().total, 0);
    assert!(launch_with(&world, &ann, other, "m1.nano").await.is_err());
}

#[tokio::test]
async fn security_24_a_teacher_sees_the_class_and_a_student_only_the_own_seat() {
    let world = world().await;
    let guest = image(&world, "guest").await;
    let school = world.project("school").await;
    world.user("teacher", school, Role::Reader).await;
    world.user("colleague", school, Role::Manager).await;
    let admin = world.admin().await;
    let new =
        NewClass { roster: names(2), cidr: "10.20.0.0/24".into(), teachers: "teacher".into(), ..NewClass::default() };
    let class = make(&world, &admin, new).await.class;
    let foreign = world.launch(&admin, "foreign").await;
    world.settle().await;
    let all = seats(&world, class).await;
    let (ann, bob) = (student(&world, &all[0]).await, student(&world, &all[1]).await);
    let vm = launch_with(&world, &ann, guest, "m1.nano").await.unwrap();
    world.settle().await;

    let teacher = world.user_of("teacher").await;
    let at_school = world.caller(teacher, school).await;
    let shown = world.cloud.classes.seat_list(&at_school, class, &ListQuery::default()).await.unwrap();
    assert_eq!(shown.items[0].instances[0].id, vm);
    let in_seat = world.caller(teacher, ann.project).await;
    assert!(world.cloud.compute.console_open(&in_seat, vm, Console::Vnc).await.is_ok());
    assert!(matches!(
        world.cloud.compute.console_open(&in_seat, foreign, Console::Vnc).await,
        Err(Error::NotFound { .. })
    ));
    assert!(world.cloud.identity.caller(teacher, admin.project, "r").await.is_err(), "nobody else's project");

    // Neither a colleague nor a student sees the class; a student sees no other seat.
    let colleague = world.caller(world.user_of("colleague").await, school).await;
    for stranger in [&colleague, &ann] {
        assert!(matches!(world.cloud.classes.class_show(stranger, class).await, Err(Error::NotFound { .. })));
        let gone = world.cloud.classes.seat_reset(stranger, all[1].id).await;
        assert!(matches!(gone, Err(Error::NotFound { kind: api::Kind::Seat, .. })), "{gone:?}");
        assert_eq!(world.cloud.classes.class_list(stranger, &ListQuery::default()).await.unwrap().total, 0);
        let refused = world.cloud.classes.class_create(stranger, NewClass::default(), BASE).await.err();
        assert!(matches!(refused, Some(Error::Forbidden { .. })), "{refused:?}");
    }
    assert!(world.cloud.identity.caller(ann.user, bob.project, "r").await.is_err());
    assert!(matches!(world.cloud.compute.instance_show(&bob, vm).await, Err(Error::NotFound { .. })));

    // The page is in the way of those who have a class.
    for (name, sees) in [("teacher", true), ("colleague", false)] {
        let page = world.sign_in(name).await.get(&format!("/p/{school}/overview")).await;
        assert_eq!(page.text().contains(&format!("/p/{school}/classes")), sees, "{name}");
    }
    // Whoever is a reader of the school runs the class all the same.
    world.cloud.classes.class_reset(&at_school, class).await.unwrap();
    world.settle().await;
    assert!(world.cloud.compute.instance_show(&ann, vm).await.is_err());
}

#[tokio::test]
async fn security_24_a_seat_is_no_way_to_the_cloud() {
    let world = world().await;
    let school = world.project("school").await;
    let teacher = world.user("teacher", school, Role::Reader).await;
    let admin = world.admin().await;
    let new = NewClass { roster: "Ann".into(), teachers: "teacher".into(), ..NewClass::default() };
    let class = make(&world, &admin, new).await.class;
    world.settle().await;
    let seat = seats(&world, class).await.remove(0);
    world.cloud.identity.assignment_set(&admin, who(&seat).0, admin.project, Role::Admin).await.unwrap();
    let teacher = world.caller(teacher, school).await;
    let refused = world.cloud.classes.seat_code_renew(&teacher, seat.id, BASE).await.err();
    assert!(matches!(refused, Some(Error::Forbidden { .. })), "{refused:?}");
    let refused = world.cloud.classes.class_remove(&teacher, class, "Networks").await;
    assert!(matches!(refused, Err(Error::Forbidden { .. })), "{refused:?}");
    assert!(world.cloud.classes.seat_code_renew(&admin, seat.id, BASE).await.is_ok());
}

/// Who manages a domain makes classes in it, and gives no more than everybody has.
#[tokio::test]
async fn a_domains_manager_makes_classes_in_it() {
    let (world, project) = crate::personas::everybody().await;
    let manager = world.caller(world.user_of("domain-manager").await, project).await;
    let limits = |cores: &str| [("cores".to_owned(), cores.to_owned())].into();
    let new = NewClass { name: "Networks".into(), roster: names(2), limits: limits("21"), ..NewClass::default() };
    let refused = world.cloud.classes.class_create(&manager, new.clone(), BASE).await.err().unwrap();
    assert_eq!(refused.of_field("limits[cores]"), Some(&Why::Range { min: 0, max: 20 }));
    let sheet = make(&world, &manager, NewClass { limits: limits("4"), ..new }).await;
    world.settle().await;
    assert!(seats(&world, sheet.class).await.iter().all(|seat| seat.state == SeatState::Ready));
    let form = api::directory::DomainForm { name: "elsewhere".into(), ..Default::default() };
    let domain = world.cloud.directory.domain_create(&world.admin().await, form).await.unwrap();
    let new = NewClass { name: "Theirs".into(), domain: domain.to_string(), ..NewClass::default() };
    let refused = world.cloud.classes.class_create(&manager, new.clone(), BASE).await.err().unwrap();
    assert!(refused.of_field("domain").is_some(), "{refused:?}");
    let theirs = make(&world, &world.admin().await, new).await.class;
    assert!(matches!(world.cloud.classes.class_show(&manager, theirs).await, Err(Error::NotFound { .. })));
}
