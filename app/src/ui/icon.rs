//! The icons: strokes on a grid of 16, kept in the sprite `public/icons.svg`.

use leptos::prelude::*;

macro_rules! icons {
    ($($name:ident = $id:literal,)*) => {
        /// A symbol of the sprite.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Icon { $($name,)* }

        impl Icon {
            pub const ALL: &[Icon] = &[$(Icon::$name,)*];

            /// The symbol's id in the sprite.
            pub fn id(self) -> &'static str {
                match self { $(Self::$name => $id,)* }
            }
        }
    };
}

icons! {
    Overview = "overview",
    Instance = "instance",
    Image = "image",
    KeyPair = "key-pair",
    Flavor = "flavor",
    Network = "network",
    Router = "router",
    FloatingIp = "floating-ip",
    SecurityGroup = "security-group",
    Hypervisor = "hypervisor",
    Project = "project",
    User = "user",
    Group = "group",
    Class = "class",
    Domain = "domain",
    Role = "role",
    Assignment = "assignment",
    Policy = "policy",
    Quota = "quota",
    Api = "api",
    Tasks = "tasks",
    Search = "search",
    Filter = "filter",
    Add = "add",
    Start = "start",
    Stop = "stop",
    Reboot = "reboot",
    Power = "power",
    Console = "console",
    FullScreen = "full-screen",
    Log = "log",
    Edit = "edit",
    Delete = "delete",
    Copy = "copy",
    Upload = "upload",
    Download = "download",
    Attach = "attach",
    Detach = "detach",
    Lock = "lock",
    More = "more",
    Menu = "menu",
    Check = "check",
    Close = "close",
    Down = "down",
    Right = "right",
    Left = "left",
    Ascending = "ascending",
    Descending = "descending",
    Sortable = "sortable",
    Done = "done",
    Info = "info",
    Warning = "warning",
    Error = "error",
    Clock = "clock",
    Help = "help",
    Light = "light",
    Dark = "dark",
    System = "system",
    Language = "language",
    SignOut = "sign-out",
}

/// An icon. It is decoration to a screen reader: the words beside it, or the control's label, say what it means.
#[component]
pub fn Glyph(icon: Icon) -> impl IntoView {
    view! {
        <svg class="glyph" aria-hidden="true" width="16" height="16">
            <use href=format!("/icons.svg#{}", icon.id())></use>
        </svg>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPRITE: &str = include_str!("../../../public/icons.svg");

    #[test]
    fn the_sprite_has_every_icon_and_no_other() {
        for icon in Icon::ALL {
            assert!(SPRITE.contains(&format!("<symbol id=\"{}\"", icon.id())), "{icon:?} is missing");
        }
        assert_eq!(SPRITE.matches("<symbol ").count(), Icon::ALL.len());
    }
}
