//! What a list shows, and in which order.

use super::*;

#[tokio::test]
async fn own_and_public() {
    let (_folder, world) = world().await;
    world.image("mine", &raw(1024)).await;
    world.upload(&world.stranger, named("not mine"), &raw(512)).await.unwrap();
    world.upload(&world.admin, public("everybody's"), &qcow2()).await.unwrap();
    let seen = async |caller: &Caller| -> Vec<(String, bool, String)> {
        let images = world.list(caller).await.into_iter();
        images.map(|image| (image.name, image.foreign, image.owner_name)).collect()
    };
    let row = |name: &str, foreign, owner: &str| (name.to_owned(), foreign, owner.to_owned());
    assert_eq!(seen(&world.member).await, [row("everybody's", true, "admin"), row("mine", false, "member")]);
    assert_eq!(seen(&world.stranger).await, [row("everybody's", true, "admin"), row("not mine", false, "stranger")]);
    assert_eq!(seen(&world.admin).await, [row("everybody's", false, "admin")]);
}

#[tokio::test]
async fn order_search_and_pages() {
    let (_folder, world) = world().await;
    let c = world.image("c", &raw(1024)).await;
    world.image("a%", &raw(4096)).await;
    world.image("b", &raw(2048)).await;
    let names = async |query: ListQuery| -> (String, u64) {
        let page = world.images.image_list(&world.member, &query).await.unwrap();
        (page.items.into_iter().map(|image| image.name).collect(), page.total)
    };
    for (sort, expected) in [("", "a%bc"), ("-name", "cba%"), ("size", "cba%"), ("-size", "a%bc"), ("created", "ca%b")]
    {
        let query = ListQuery { sort: sort.into(), ..ListQuery::default() };
        assert_eq!(names(query).await, (expected.to_owned(), 3), "{sort}");
    }
    for (search, expected) in [("A%", "a%"), ("%", "a%"), ("_", ""), (&c.to_string()[..8], "c")] {
        let query = ListQuery { search: search.into(), ..ListQuery::default() };
        assert_eq!(names(query).await.0, expected, "{search}");
    }
    for (status, expected) in [("active", 3), ("ACTIVE", 3), ("saving", 0)] {
        let query = ListQuery { status: status.into(), ..ListQuery::default() };
        assert_eq!(names(query).await.1, expected, "{status}");
    }
    let first = ListQuery { limit: 2, ..ListQuery::default() };
    let page = world.images.image_list(&world.member, &first).await.unwrap();
    let second = ListQuery { after: page.next.unwrap(), ..first };
    assert_eq!(names(second).await, ("c".to_owned(), 3));
}
