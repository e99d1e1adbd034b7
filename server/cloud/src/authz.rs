//! The policy: who may do what. One table; the services ask it before every call, and roles are named nowhere else.
//!
//! Roles are OpenStack's personas: a reader sees, a member works, a manager runs the project, an admin runs the cloud. Each role may do
//! what the weaker ones may. A role holds in a project, on a domain or on the system: who manages a domain runs the directory of it, and a
//! reader of the system sees everything and changes nothing. What a caller may not even see is answered `NotFound` by the queries, which
//! always carry the project or the domains. Who is in no project has no role in one: there only roles on domains and the system count.

use api::policy::Rule;
use api::{Caller, DomainId, Error, ProjectId, Result, Role};

pub use api::Action;

/// The table: the weakest role that may, in the project of the address, on the thing's domain, on the system.
const fn rule(action: Action) -> Rule {
    use Role::{Admin, Manager, Member, Reader};
    let (project, domain, system) = match action {
        Action::Read => (Reader, None, Reader),
        Action::Write => (Member, None, Admin),
        Action::OwnKeypair => (Reader, None, Reader),
        Action::OwnCredential => (Reader, None, Reader),
        Action::PublishImage => (Admin, None, Admin),
        Action::EveryImage => (Admin, None, Admin),
        Action::ReadHosts => (Admin, None, Reader),
        Action::ManageFlavors => (Admin, None, Admin),
        Action::ReadMembers => (Manager, Some(Manager), Reader),
        Action::RequestQuota => (Member, None, Admin),
        Action::ReadAudit => (Admin, None, Reader),
        Action::ReadPasswordRules => (Admin, Some(Manager), Reader),
        Action::ManagePasswordRules => (Admin, None, Admin),
        Action::ManageSessions => (Admin, Some(Manager), Admin),
        Action::EveryCredential => (Admin, None, Admin),
        // What is one's own says the class; whose it is not, does not see it.
        Action::TeachClasses => (Reader, Some(Manager), Reader),
        Action::ReadClasses => (Admin, Some(Manager), Reader),
        Action::ManageClasses => (Admin, Some(Manager), Admin),
        Action::ReadDomains => (Admin, Some(Manager), Reader),
        Action::ManageDomains => (Admin, None, Admin),
        Action::ReadProjects => (Admin, Some(Manager), Reader),
        Action::ManageProjects => (Admin, Some(Manager), Admin),
        Action::ReadUsers => (Admin, Some(Manager), Reader),
        Action::ManageUsers => (Admin, Some(Manager), Admin),
        Action::ReadGroups => (Admin, Some(Manager), Reader),
        Action::ManageGroups => (Admin, Some(Manager), Admin),
        Action::ReadRoles => (Admin, Some(Manager), Reader),
        Action::ManageRoles => (Admin, None, Admin),
        Action::ReadAssignments => (Admin, Some(Manager), Reader),
        Action::ManageAssignments => (Admin, Some(Manager), Admin),
        Action::ReadQuotas => (Admin, Some(Manager), Reader),
        Action::ManageQuotas => (Admin, None, Admin),
        Action::ReadPolicy => (Admin, Some(Manager), Reader),
    };
    Rule { action, project, domain, system }
}

/// The whole table, in order.
pub fn table() -> Vec<Rule> {
    Action::ALL.iter().map(|action| rule(*action)).collect()
}

/// Where a caller may do something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    Everywhere,
    /// In these domains only.
    Domains(Vec<DomainId>),
}

impl Reach {
    pub fn covers(&self, domain: DomainId) -> bool {
        match self {
            Self::Everywhere => true,
            Self::Domains(domains) => domains.contains(&domain),
        }
    }
}

/// Passes, or says which role it takes.
pub fn require(caller: &Caller, action: Action) -> Result<()> {
    reach(caller, action).map(|_| ())
}

/// What is done in the project of the address, and so nowhere by those who are in none.
fn is_inside(action: Action) -> bool {
    use Action::{OwnCredential, OwnKeypair, Read, ReadMembers, RequestQuota, Write};
    matches!(action, Read | Write | OwnKeypair | OwnCredential | ReadMembers | RequestQuota)
}

/// How far the caller's right to this goes; fails with the role that it takes.
pub fn reach(caller: &Caller, action: Action) -> Result<Reach> {
    let rule = rule(action);
    let is_nowhere = caller.project == ProjectId::NOWHERE;
    if is_nowhere && is_inside(action) {
        return Err(Error::Forbidden { needs: rule.project.to_string() });
    }
    if (!is_nowhere && caller.role >= rule.project) || caller.system.is_some_and(|role| role >= rule.system) {
        Ok(Reach::Everywhere)
    } else if rule.domain.is_some() && !caller.manages.is_empty() {
        Ok(Reach::Domains(caller.manages.clone()))
    } else {
        Err(Error::Forbidden { needs: rule.project.to_string() })
    }
}

/// All that the caller may do somewhere.
pub fn allowed(caller: &Caller) -> Vec<Action> {
    Action::ALL.iter().copied().filter(|action| require(caller, *action).is_ok()).collect()
}

/// What a role on the system is worth in every project: who runs the cloud may do everything there, everybody else only look.
pub fn of_system(role: Role) -> Role {
    if role == Role::Admin { Role::Admin } else { Role::Reader }
}

/// What a role on a domain is worth in its projects: who manages them sees what they hold.
pub fn of_domain(role: Role) -> Option<Role> {
    (role >= Role::Manager).then_some(Role::Reader)
}

#[cfg(test)]
mod tests {
    use super::*;
    use api::UserId;
    use uuid::Uuid;

    fn caller(role: Role, system: Option<Role>, manages: bool) -> Caller {
        let domain = DomainId(Uuid::nil());
        Caller {
            user: UserId(Uuid::nil()),
            user_name: String::new(),
            project: ProjectId(Uuid::max()),
            project_name: String::new(),
            domain,
            role,
            system,
            manages: if manages { vec![domain] } else { Vec::new() },
            proof: api::Proof::Program,
            address: String::new(),
            request: String::new(),
        }
    }

    /// R reads, W works, M sees members, U reads users, C changes users, D changes domains.
    fn check(caller: &Caller, expected: &str) {
        let letters = [
            (Action::Read, 'R'),
            (Action::Write, 'W'),
            (Action::ReadMembers, 'M'),
            (Action::ReadUsers, 'U'),
            (Action::ManageUsers, 'C'),
            (Action::ManageDomains, 'D'),
        ];
        let may: String = letters.iter().filter(|(a, _)| require(caller, *a).is_ok()).map(|(_, c)| *c).collect();
        assert_eq!(may, expected, "{caller:?}");
    }

    #[test]
    fn personas() {
        check(&caller(Role::Reader, None, false), "R");
        check(&caller(Role::Member, None, false), "RW");
        check(&caller(Role::Manager, None, false), "RWM");
        check(&caller(Role::Admin, None, false), "RWMUCD");
        check(&caller(Role::Reader, None, true), "RMUC");
        check(&caller(Role::Reader, Some(Role::Reader), false), "RMU");
        check(&caller(Role::Admin, Some(Role::Admin), false), "RWMUCD");
    }

    #[test]
    fn nowhere_is_no_project() {
        let nowhere = |caller: Caller| Caller { project: ProjectId::NOWHERE, ..caller };
        check(&nowhere(caller(Role::Reader, None, false)), "");
        check(&nowhere(caller(Role::Admin, None, false)), "");
        check(&nowhere(caller(Role::Reader, None, true)), "UC");
        check(&nowhere(caller(Role::Reader, Some(Role::Admin), false)), "UCD");
    }

    #[test]
    fn a_domain_is_not_everywhere() {
        let manager = caller(Role::Reader, None, true);
        let reach = reach(&manager, Action::ManageUsers).unwrap();
        assert!(reach.covers(DomainId(Uuid::nil())));
        assert!(!reach.covers(DomainId(Uuid::max())));
    }

    #[test]
    fn the_table_knows_every_action_once() {
        assert_eq!(table().len(), Action::ALL.len());
    }
}
