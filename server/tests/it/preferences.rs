//! Theme and language.

use crate::world::world;

#[tokio::test]
async fn choices_are_kept_and_lead_back() {
    let world = world().await;
    let client = world.visitor();
    let answer = client
        .post_form("/preferences", &[("theme", "dark"), ("lang", "ko"), ("return", "/sign-in?next=%2Fp%2Fx")])
        .await;
    assert_eq!(answer.location(), "/sign-in?next=%2Fp%2Fx");
    assert_eq!((client.cookie("theme").as_deref(), client.cookie("lang").as_deref()), (Some("dark"), Some("ko")));
    client.post_form("/preferences", &[("theme", "light"), ("return", "/")]).await;
    assert_eq!((client.cookie("theme").as_deref(), client.cookie("lang").as_deref()), (Some("light"), Some("ko")));
    let page = client.get("/dev/ui").await.html();
    let root = page.root_element().value();
    assert_eq!((root.attr("lang"), root.attr("data-theme")), (Some("ko"), Some("light")));
}

#[tokio::test]
async fn what_is_no_choice_is_left_alone() {
    let world = world().await;
    let client = world.visitor();
    let answer =
        client.post_form("/preferences", &[("theme", "x; Path=/"), ("lang", "xx"), ("return", "//evil.example")]).await;
    assert_eq!(answer.location(), "/");
    assert_eq!((client.cookie("theme"), client.cookie("lang")), (None, None));
}
