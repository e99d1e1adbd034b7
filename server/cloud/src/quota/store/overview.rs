//! SQL of the overview: what many projects use, by as many queries as there are resources.

use crate::authz::Reach;
use crate::db::contains;
use crate::fault::StoreError;
use crate::keyset::{Filter, Listing, Sort, Value, page};
use api::quota::{ProjectUsage, Resource};
use api::{DomainId, ListQuery, Page, ProjectId};
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, QueryBuilder, Row, Sqlite, SqliteConnection, SqlitePool};
use std::collections::HashMap;
use uuid::Uuid;

fn id(row: &SqliteRow, column: &str) -> Result<ProjectId, sqlx::Error> {
    let text: &str = row.try_get(column)?;
    Uuid::try_parse(text).map(ProjectId).map_err(|error| sqlx::Error::Decode(Box::new(error)))
}

struct View(ProjectUsage);

impl FromRow<'_, SqliteRow> for View {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self(ProjectUsage {
            project: id(row, "id")?,
            project_name: row.try_get("name")?,
            domain_name: row.try_get("domain_name")?,
            usage: Vec::new(),
        }))
    }
}

/// Ordered by use, each project's has to be looked up or counted; there are indexes for that, and projects are counted in thousands at most.
const LIST: Listing = Listing {
    select: "p.id, p.name, d.name as domain_name",
    table: "project p",
    joins: "join domain d on d.id = p.domain_id",
    id: "p.id",
    sorts: &[
        Sort { key: "name", column: "p.name", number: false },
        Sort { key: "domain", column: "d.name", number: false },
        Sort {
            key: "instances",
            column: "(select coalesce(sum(u.used), 0) from usage u where u.project_id = p.id and u.resource = 'instances')",
            number: true,
        },
        Sort {
            key: "cores",
            column: "(select coalesce(sum(u.used), 0) from usage u where u.project_id = p.id and u.resource = 'cores')",
            number: true,
        },
        Sort {
            key: "ram",
            column: "(select coalesce(sum(u.used), 0) from usage u where u.project_id = p.id and u.resource = 'ram')",
            number: true,
        },
        Sort {
            key: "networks",
            column: "(select count(*) from network n where n.project_id = p.id and n.external = 0)",
            number: true,
        },
        Sort {
            key: "floating_ips",
            column: "(select count(*) from floating_ip f where f.project_id = p.id)",
            number: true,
        },
    ],
    default: "name",
};

/// The projects of a page; what they use is still to come.
pub async fn projects(db: &SqlitePool, reach: &Reach, query: &ListQuery) -> Result<Page<ProjectUsage>, StoreError> {
    let mut filter = Filter::default();
    if let Reach::Domains(domains) = reach {
        let marks = vec!["?"; domains.len()].join(", ");
        let values = domains.iter().map(|domain| Value::Text(domain.0.to_string())).collect();
        filter = filter.and(format!("p.domain_id in ({marks})"), values);
    }
    if let Ok(domain) = query.filter("domain").parse::<DomainId>() {
        filter = filter.and("p.domain_id = ?", vec![Value::Text(domain.0.to_string())]);
    }
    if !query.search.trim().is_empty() {
        filter = filter.and("p.name like ? escape '\\'", vec![Value::Text(contains(&query.search))]);
    }
    Ok(page::<View>(db, &LIST, filter, query).await?.map(|view| view.0))
}

fn among(query: &mut QueryBuilder<'_, Sqlite>, projects: &[ProjectId]) {
    query.push(" in (");
    let mut list = query.separated(", ");
    for project in projects {
        list.push_bind(project.0.to_string());
    }
    query.push(")");
}

/// The limits of some projects, as far as anybody has said something.
pub struct Limits {
    own: HashMap<(ProjectId, String), i64>,
    defaults: HashMap<String, i64>,
}

impl Limits {
    pub fn of(&self, project: ProjectId, resource: Resource) -> Option<i64> {
        let own = self.own.get(&(project, resource.as_str().to_owned()));
        own.or(self.defaults.get(resource.as_str())).copied()
    }
}

pub async fn limits(db: &mut SqliteConnection, projects: &[ProjectId]) -> Result<Limits, StoreError> {
    let mut query = QueryBuilder::new("select project_id, resource, max from quota where project_id");
    among(&mut query, projects);
    let rows = query.build().fetch_all(&mut *db).await?;
    let own = rows.iter().map(|row| Ok(((id(row, "project_id")?, row.try_get("resource")?), row.try_get("max")?)));
    let own = own.collect::<Result<_, sqlx::Error>>()?;
    let rows: Vec<(String, i64)> = sqlx::query_as("select resource, max from quota_default").fetch_all(db).await?;
    Ok(Limits { own, defaults: rows.into_iter().collect() })
}

/// How much each of the projects uses; the same counts as in `used`, for many.
pub async fn used(
    db: &mut SqliteConnection,
    projects: &[ProjectId],
    resource: Resource,
) -> Result<HashMap<ProjectId, i64>, StoreError> {
    let (select, group) = match resource {
        Resource::Instances => (
            "select project_id as owner, sum(used) as used from usage where resource = 'instances' and project_id",
            "project_id",
        ),
        Resource::Cores => (
            "select project_id as owner, sum(used) as used from usage where resource = 'cores' and project_id",
            "project_id",
        ),
        Resource::Ram => (
            "select project_id as owner, sum(used) as used from usage where resource = 'ram' and project_id",
            "project_id",
        ),
        Resource::Ports => (
            "select project_id as owner, sum(used) as used from usage where resource = 'ports' and project_id",
            "project_id",
        ),
        Resource::KeyPairs => return Ok(HashMap::new()),
        Resource::ImageBytes => (
            "select project_id as owner, coalesce(sum(size), 0) as used from
             (select project_id, max(size) as size from image group by project_id, data_id) as data where project_id",
            "project_id",
        ),
        Resource::Networks => (
            "select project_id as owner, count(*) as used from network where external = 0 and project_id",
            "project_id",
        ),
        Resource::Subnets => (
            "select s.project_id as owner, count(*) as used from subnet s join network n on n.id = s.network_id
             where n.external = 0 and s.project_id",
            "s.project_id",
        ),
        Resource::Routers => {
            ("select project_id as owner, count(*) as used from router where project_id", "project_id")
        }
        Resource::FloatingIps => {
            ("select project_id as owner, count(*) as used from floating_ip where project_id", "project_id")
        }
        Resource::SecurityGroups => {
            ("select project_id as owner, count(*) as used from security_group where project_id", "project_id")
        }
        Resource::SecurityGroupRules => (
            "select g.project_id as owner, count(*) as used from security_group_rule r
             join security_group g on g.id = r.group_id where g.project_id",
            "g.project_id",
        ),
    };
    let mut query = QueryBuilder::new(select);
    among(&mut query, projects);
    query.push(" group by ").push(group);
    let rows = query.build().fetch_all(db).await?;
    let used = rows.iter().map(|row| Ok((id(row, "owner")?, row.try_get("used")?)));
    Ok(used.collect::<Result<_, sqlx::Error>>()?)
}
