//! The table of all pages.

use crate::access::{AllCredentials, ApiAccess, CredentialCreatePage, OwnCredentials};
use crate::account::{AccountSessions, Password, PreferencesPage, Profile, SecondFactorsPage};
use crate::admin::{DomainPasswordRules, Hypervisors, PasswordRulesList, Sessions};
use crate::audit::{AllAudits, ProjectAudits};
use crate::compute::{
    Flavors, InstancePage, InstanceSnapshotPage, Instances, KeypairCreate, KeypairImport, KeypairPage, Keypairs, Launch,
};
// The page of components is part of debug builds only.
#[cfg(debug_assertions)]
use crate::dev_ui::DevUi;
use crate::directory::{
    AssignmentCreatePage, Assignments, DomainCreatePage, DomainPage, Domains, GroupCreatePage, GroupPage, Groups,
    PolicyPage, ProjectCreatePage, ProjectDeletePage, ProjectEditPage, ProjectPage, Projects, RoleCreatePage, RolePage,
    Roles, UserCreatePage, UserEditPage, UserPage, Users,
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
use crate::quota::{QuotaDefaults, Quotas};
use leptos::prelude::*;
use leptos_router::SsrMode::Async;
use leptos_router::components::{ParentRoute, Route, Routes};
use leptos_router::path;

/// Every data route is `SsrMode::Async`: rows that arrive in a `<template>` are invisible without JavaScript.
#[component]
pub fn Pages() -> impl IntoView {
    view! {
        <Routes fallback=NotFoundPage>
            <Route path=path!("/dev/ui") view=DevUi ssr=Async/>
            <Route path=path!("/") view=NoProject ssr=Async/>
            <Route path=path!("/sign-in") view=SignIn ssr=Async/>
            <ParentRoute path=path!("/p/:project") view=ProjectFrame ssr=Async>
                <Route path=path!("overview") view=Overview ssr=Async/>
                <Route path=path!("instances") view=Instances ssr=Async/>
                <Route path=path!("instances/launch") view=Launch ssr=Async/>
                <Route path=path!("instances/:id") view=InstancePage ssr=Async/>
                <Route path=path!("instances/:id/metadata") view=InstanceProperties ssr=Async/>
                <Route path=path!("instances/:id/snapshot") view=InstanceSnapshotPage ssr=Async/>
                <Route path=path!("key-pairs") view=Keypairs ssr=Async/>
                <Route path=path!("key-pairs/create") view=KeypairCreate ssr=Async/>
                <Route path=path!("key-pairs/import") view=KeypairImport ssr=Async/>
                <Route path=path!("key-pairs/:id") view=KeypairPage ssr=Async/>
                <Route path=path!("images") view=Images ssr=Async/>
                <Route path=path!("images/create") view=ImageCreatePage ssr=Async/>
                <Route path=path!("images/shared") view=SharedImages ssr=Async/>
                <Route path=path!("images/:id") view=ImagePage ssr=Async/>
                <Route path=path!("images/:id/copy") view=ImageCopyPage ssr=Async/>
                <Route path=path!("images/:id/edit") view=ImageEditPage ssr=Async/>
                <Route path=path!("networks") view=Networks ssr=Async/>
                <Route path=path!("networks/create") view=NetworkCreatePage ssr=Async/>
                <Route path=path!("networks/:id") view=NetworkPage ssr=Async/>
                <Route path=path!("floating-ips") view=FloatingIps ssr=Async/>
                <Route path=path!("security-groups") view=SecurityGroups ssr=Async/>
                <Route path=path!("security-groups/:id") view=SecurityGroupPage ssr=Async/>
                <Route path=path!("flavors") view=Flavors ssr=Async/>
                <Route path=path!("flavors/:id/metadata") view=FlavorProperties ssr=Async/>
                <Route path=path!("account/profile") view=Profile ssr=Async/>
                <Route path=path!("account/password") view=Password ssr=Async/>
                <Route path=path!("account/second-factors") view=SecondFactorsPage ssr=Async/>
                <Route path=path!("account/sessions") view=AccountSessions ssr=Async/>
                <Route path=path!("account/preferences") view=PreferencesPage ssr=Async/>
                <Route path=path!("account/application-credentials") view=OwnCredentials ssr=Async/>
                <Route path=path!("account/application-credentials/create") view=CredentialCreatePage ssr=Async/>
                <Route path=path!("api-access") view=ApiAccess ssr=Async/>
                <Route path=path!("audit") view=ProjectAudits ssr=Async/>
                <Route path=path!("admin/audit") view=AllAudits ssr=Async/>
                <Route path=path!("admin/password-rules") view=PasswordRulesList ssr=Async/>
                <Route path=path!("admin/password-rules/:domain") view=DomainPasswordRules ssr=Async/>
                <Route path=path!("admin/sessions") view=Sessions ssr=Async/>
                <Route path=path!("admin/application-credentials") view=AllCredentials ssr=Async/>
                <Route path=path!("admin/images") view=AllImages ssr=Async/>
                <Route path=path!("admin/hypervisors") view=Hypervisors ssr=Async/>
                <Route path=path!("admin/projects") view=Projects ssr=Async/>
                <Route path=path!("admin/projects/create") view=ProjectCreatePage ssr=Async/>
                <Route path=path!("admin/projects/:id") view=ProjectPage ssr=Async/>
                <Route path=path!("admin/projects/:id/delete") view=ProjectDeletePage ssr=Async/>
                <Route path=path!("admin/projects/:id/edit") view=ProjectEditPage ssr=Async/>
                <Route path=path!("admin/users") view=Users ssr=Async/>
                <Route path=path!("admin/users/create") view=UserCreatePage ssr=Async/>
                <Route path=path!("admin/users/:id") view=UserPage ssr=Async/>
                <Route path=path!("admin/users/:id/edit") view=UserEditPage ssr=Async/>
                <Route path=path!("admin/groups") view=Groups ssr=Async/>
                <Route path=path!("admin/groups/create") view=GroupCreatePage ssr=Async/>
                <Route path=path!("admin/groups/:id") view=GroupPage ssr=Async/>
                <Route path=path!("admin/domains") view=Domains ssr=Async/>
                <Route path=path!("admin/domains/create") view=DomainCreatePage ssr=Async/>
                <Route path=path!("admin/domains/:id") view=DomainPage ssr=Async/>
                <Route path=path!("admin/roles") view=Roles ssr=Async/>
                <Route path=path!("admin/roles/create") view=RoleCreatePage ssr=Async/>
                <Route path=path!("admin/roles/:id") view=RolePage ssr=Async/>
                <Route path=path!("admin/assignments") view=Assignments ssr=Async/>
                <Route path=path!("admin/assignments/create") view=AssignmentCreatePage ssr=Async/>
                <Route path=path!("admin/quotas") view=QuotaDefaults ssr=Async/>
                <Route path=path!("quotas") view=Quotas ssr=Async/>
                <Route path=path!("admin/policy") view=PolicyPage ssr=Async/>
            </ParentRoute>
        </Routes>
    }
}
