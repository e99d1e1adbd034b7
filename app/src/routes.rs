//! The table of all pages.

use crate::access::{AllCredentials, ApiAccess, CredentialCreatePage, OwnCredentials};
use crate::account::{AccountSessions, PasskeyPage, Password, PreferencesPage, Profile, SecondFactorsPage};
use crate::admin::{DomainPasswordRules, Hypervisors, PasswordRulesList, Sessions};
use crate::audit::{AllAudits, ProjectAudits};
use crate::class::{ClassCreatePage, ClassEditPage, ClassPage, Classes, JoinPage};
use crate::compute::{
    Flavors, InstancePage, InstanceSnapshotPage, Instances, KeypairCreate, KeypairImport, KeypairPage, Keypairs, Launch,
};
// The page of components is part of debug builds only.
#[cfg(debug_assertions)]
use crate::dev_ui::DevUi;
use crate::directory::{
    AssignmentCreatePage, Assignments, DomainCreatePage, DomainPage, Domains, GroupCreatePage, GroupPage, Groups,
    Members, PolicyPage, ProjectCreatePage, ProjectDeletePage, ProjectEditPage, ProjectPage, Projects, RoleCreatePage,
    RolePage, Roles, UserCreatePage, UserEditPage, UserPage, Users,
};
use crate::identity::{NoProject, SignIn};
use crate::image::{AllImages, ImageCopyPage, ImageCreatePage, ImageEditPage, ImagePage, Images, SharedImages};
use crate::layout::NotFoundPage;
#[cfg(not(debug_assertions))]
use crate::layout::NotFoundPage as DevUi;
use crate::metadef::{FlavorProperties, InstanceProperties};
use crate::network::{FloatingIps, NetworkCreatePage, NetworkPage, Networks, SecurityGroupPage, SecurityGroups};
use crate::overview::Overview;
use crate::project::ProjectFrame;
use crate::provider::ProviderPage;
use crate::quota::{QuotaDefaults, Quotas};
use leptos::prelude::*;
use leptos_router::SsrMode::Async;
use leptos_router::components::{ParentRoute, Route, Routes};
use leptos_router::{ChooseView, path};

/// The pages of an area: browsers fetch them together, apart from the rest, once one of them is due.
macro_rules! area {
    ($area:ident: $($page:ident),+ $(,)?) => {
        // A variant is named as the page that it stands for, and some pages as their area.
        #[allow(clippy::enum_variant_names)]
        #[derive(Clone, Copy)]
        enum $area {
            $($page,)+
        }

        const _: () = {
            #[lazy($area)]
            fn pages(page: $area) -> AnyView {
                match page {
                    $($area::$page => view! { <$page/> }.into_any(),)+
                }
            }

            impl ChooseView for $area {
                async fn choose(self) -> AnyView {
                    pages(self).await
                }

                async fn preload(&self) {
                    // `lazy` makes it for browsers only; the server has all pages.
                    #[cfg(target_arch = "wasm32")]
                    __preload_pages().await;
                }
            }
        };
    };
}

area!(Image: AllImages, ImageCopyPage, ImageCreatePage, ImageEditPage, ImagePage, Images, SharedImages);
area!(Class: ClassCreatePage, ClassEditPage, ClassPage, Classes, JoinPage);
area!(Network: FloatingIps, NetworkCreatePage, NetworkPage, Networks, SecurityGroupPage, SecurityGroups);
area!(Account: AccountSessions, ApiAccess, CredentialCreatePage, OwnCredentials, PasskeyPage, Password, PreferencesPage, Profile, SecondFactorsPage);
area!(Admin: AllAudits, AllCredentials, AssignmentCreatePage, Assignments, DomainCreatePage, DomainPage, DomainPasswordRules, Domains, FlavorProperties, GroupCreatePage, GroupPage, Groups, Hypervisors, InstanceProperties, Members, PasswordRulesList, PolicyPage, ProjectAudits, ProjectCreatePage, ProjectDeletePage, ProjectEditPage, ProjectPage, Projects, ProviderPage, QuotaDefaults, Quotas, RoleCreatePage, RolePage, Roles, Sessions, UserCreatePage, UserEditPage, UserPage, Users);

/// Every data route is `SsrMode::Async`: rows that arrive in a `<template>` are invisible without JavaScript.
#[component]
pub fn Pages() -> impl IntoView {
    crate::ui::follow_redirects();
    view! {
        <Routes fallback=NotFoundPage>
            <Route path=path!("/dev/ui") view=DevUi ssr=Async/>
            <Route path=path!("/") view=NoProject ssr=Async/>
            <Route path=path!("/sign-in") view=SignIn ssr=Async/>
            <Route path=path!("/join/:code") view=Class::JoinPage ssr=Async/>
            <ParentRoute path=path!("/p/:project") view=ProjectFrame ssr=Async>
                <Route path=path!("overview") view=Overview ssr=Async/>
                <Route path=path!("instances") view=Instances ssr=Async/>
                <Route path=path!("instances/launch") view=Launch ssr=Async/>
                <Route path=path!("instances/:id") view=InstancePage ssr=Async/>
                <Route path=path!("instances/:id/metadata") view=Admin::InstanceProperties ssr=Async/>
                <Route path=path!("instances/:id/snapshot") view=InstanceSnapshotPage ssr=Async/>
                <Route path=path!("key-pairs") view=Keypairs ssr=Async/>
                <Route path=path!("key-pairs/create") view=KeypairCreate ssr=Async/>
                <Route path=path!("key-pairs/import") view=KeypairImport ssr=Async/>
                <Route path=path!("key-pairs/:id") view=KeypairPage ssr=Async/>
                <Route path=path!("images") view=Image::Images ssr=Async/>
                <Route path=path!("images/create") view=Image::ImageCreatePage ssr=Async/>
                <Route path=path!("images/shared") view=Image::SharedImages ssr=Async/>
                <Route path=path!("images/:id") view=Image::ImagePage ssr=Async/>
                <Route path=path!("images/:id/copy") view=Image::ImageCopyPage ssr=Async/>
                <Route path=path!("images/:id/edit") view=Image::ImageEditPage ssr=Async/>
                <Route path=path!("networks") view=Network::Networks ssr=Async/>
                <Route path=path!("networks/create") view=Network::NetworkCreatePage ssr=Async/>
                <Route path=path!("networks/:id") view=Network::NetworkPage ssr=Async/>
                <Route path=path!("floating-ips") view=Network::FloatingIps ssr=Async/>
                <Route path=path!("security-groups") view=Network::SecurityGroups ssr=Async/>
                <Route path=path!("security-groups/:id") view=Network::SecurityGroupPage ssr=Async/>
                <Route path=path!("flavors") view=Flavors ssr=Async/>
                <Route path=path!("flavors/:id/metadata") view=Admin::FlavorProperties ssr=Async/>
                <Route path=path!("account/profile") view=Account::Profile ssr=Async/>
                <Route path=path!("account/password") view=Account::Password ssr=Async/>
                <Route path=path!("account/second-factors") view=Account::SecondFactorsPage ssr=Async/>
                <Route path=path!("account/second-factors/:id") view=Account::PasskeyPage ssr=Async/>
                <Route path=path!("account/sessions") view=Account::AccountSessions ssr=Async/>
                <Route path=path!("account/preferences") view=Account::PreferencesPage ssr=Async/>
                <Route path=path!("account/application-credentials") view=Account::OwnCredentials ssr=Async/>
                <Route path=path!("account/application-credentials/create") view=Account::CredentialCreatePage ssr=Async/>
                <Route path=path!("api-access") view=Account::ApiAccess ssr=Async/>
                <Route path=path!("audit") view=Admin::ProjectAudits ssr=Async/>
                <Route path=path!("admin/audit") view=Admin::AllAudits ssr=Async/>
                <Route path=path!("admin/password-rules") view=Admin::PasswordRulesList ssr=Async/>
                <Route path=path!("admin/password-rules/:domain") view=Admin::DomainPasswordRules ssr=Async/>
                <Route path=path!("admin/sessions") view=Admin::Sessions ssr=Async/>
                <Route path=path!("admin/application-credentials") view=Admin::AllCredentials ssr=Async/>
                <Route path=path!("admin/images") view=Image::AllImages ssr=Async/>
                <Route path=path!("admin/hypervisors") view=Admin::Hypervisors ssr=Async/>
                <Route path=path!("admin/projects") view=Admin::Projects ssr=Async/>
                <Route path=path!("admin/projects/create") view=Admin::ProjectCreatePage ssr=Async/>
                <Route path=path!("admin/projects/:id") view=Admin::ProjectPage ssr=Async/>
                <Route path=path!("admin/projects/:id/delete") view=Admin::ProjectDeletePage ssr=Async/>
                <Route path=path!("admin/projects/:id/edit") view=Admin::ProjectEditPage ssr=Async/>
                <Route path=path!("admin/users") view=Admin::Users ssr=Async/>
                <Route path=path!("admin/users/create") view=Admin::UserCreatePage ssr=Async/>
                <Route path=path!("admin/users/:id") view=Admin::UserPage ssr=Async/>
                <Route path=path!("admin/users/:id/edit") view=Admin::UserEditPage ssr=Async/>
                <Route path=path!("admin/groups") view=Admin::Groups ssr=Async/>
                <Route path=path!("admin/groups/create") view=Admin::GroupCreatePage ssr=Async/>
                <Route path=path!("admin/groups/:id") view=Admin::GroupPage ssr=Async/>
                <Route path=path!("admin/domains") view=Admin::Domains ssr=Async/>
                <Route path=path!("admin/domains/create") view=Admin::DomainCreatePage ssr=Async/>
                <Route path=path!("admin/domains/:id") view=Admin::DomainPage ssr=Async/>
                <Route path=path!("admin/domains/:id/provider") view=Admin::ProviderPage ssr=Async/>
                <Route path=path!("admin/roles") view=Admin::Roles ssr=Async/>
                <Route path=path!("admin/roles/create") view=Admin::RoleCreatePage ssr=Async/>
                <Route path=path!("admin/roles/:id") view=Admin::RolePage ssr=Async/>
                <Route path=path!("admin/assignments") view=Admin::Assignments ssr=Async/>
                <Route path=path!("admin/assignments/create") view=Admin::AssignmentCreatePage ssr=Async/>
                <Route path=path!("admin/quotas") view=Admin::QuotaDefaults ssr=Async/>
                <Route path=path!("quotas") view=Admin::Quotas ssr=Async/>
                <Route path=path!("members") view=Admin::Members ssr=Async/>
                <Route path=path!("classes") view=Class::Classes ssr=Async/>
                <Route path=path!("classes/create") view=Class::ClassCreatePage ssr=Async/>
                <Route path=path!("classes/:id") view=Class::ClassPage ssr=Async/>
                <Route path=path!("classes/:id/edit") view=Class::ClassEditPage ssr=Async/>
                <Route path=path!("admin/policy") view=Admin::PolicyPage ssr=Async/>
            </ParentRoute>
        </Routes>
    }
}
