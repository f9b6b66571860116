//! Who may do what: roles, permissions, and the table that joins them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a person is trusted with; each role includes the ones before it.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Reads.
    Viewer,
    /// Reads, and changes and runs automation.
    Operator,
    /// Does everything, people and secrets included.
    Admin,
}

impl Role {
    /// Every role, least first.
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Operator, Self::Admin];

    /// The word on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Operator => "operator",
            Self::Admin => "admin",
        }
    }

    /// Whether this role may do what `permission` names.
    pub fn may(self, permission: Permission) -> bool {
        self >= permission.least_role()
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that names no role or permission.
#[derive(Debug, thiserror::Error)]
#[error("unknown name {0:?}")]
pub struct UnknownName(pub String);

impl FromStr for Role {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| UnknownName(text.to_owned()))
    }
}

/// Whether a session is looked up at auth for this very request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// The pushed list of revocations is enough (2 s old at most).
    Pushed,
    /// The session is checked each time; no answer means no access.
    Checked,
}

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident = $scope:literal, $least:ident, $fresh:ident;)+) => {
        /// One thing that a role allows; routes name it by its scope.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Permission {
            $($(#[$doc])* $name,)+
        }

        impl Permission {
            /// Every permission.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The scope that an operation carries in its OpenAPI document.
            pub fn scope(self) -> &'static str {
                match self { $(Self::$name => $scope,)+ }
            }

            /// The least role that has this permission.
            pub fn least_role(self) -> Role {
                match self { $(Self::$name => Role::$least,)+ }
            }

            /// How fresh the knowledge about the session must be.
            pub fn freshness(self) -> Freshness {
                match self { $(Self::$name => Freshness::$fresh,)+ }
            }
        }
    };
}

permissions! {
    /// Sees its own account and sessions, changes its own password.
    OwnAccount = "account", Viewer, Pushed;
    /// Sees users (all of them as admin, else itself).
    ReadUsers = "users:read", Viewer, Pushed;
    /// Creates, changes and removes users.
    WriteUsers = "users:write", Admin, Checked;
    /// Ends other people's sessions, lifts lock-outs, rotates keys.
    AdminSessions = "sessions:admin", Admin, Checked;
    /// Reads and verifies the audit log.
    ReadAudit = "audit:read", Admin, Checked;
    /// Sees which credentials there are, never their data.
    ReadCredentials = "credentials:read", Viewer, Pushed;
    /// Creates, changes, rotates and removes credentials.
    WriteCredentials = "credentials:write", Operator, Checked;
    /// Reads the data of a credential.
    RevealCredentials = "credentials:reveal", Admin, Checked;
    /// Sees targets.
    ReadTargets = "targets:read", Viewer, Pushed;
    /// Creates, changes and removes targets, accepts host keys.
    WriteTargets = "targets:write", Operator, Pushed;
    /// Connects to a target to see whether it works.
    TestTargets = "targets:test", Operator, Pushed;
    /// Sees job definitions.
    ReadJobs = "jobs:read", Viewer, Pushed;
    /// Creates, changes and removes job definitions.
    WriteJobs = "jobs:write", Operator, Pushed;
    /// Sees runs, their steps and output.
    ReadRuns = "runs:read", Viewer, Pushed;
    /// Starts and cancels runs.
    StartRuns = "runs:start", Operator, Pushed;
    /// Says how many steps may run at a time.
    LimitRuns = "runs:limit", Admin, Checked;
    /// Sees what executors do.
    ReadExecutor = "executor:read", Viewer, Pushed;
    /// Sees ports, services, conflicts and history.
    ReadPorts = "ports:read", Viewer, Pushed;
    /// Assigns, moves and reserves ports, changes services, restarts them.
    WritePorts = "ports:write", Operator, Pushed;
    /// Resets and restores whole suites, removes them; has a service of ours start anew.
    AdminPorts = "ports:admin", Admin, Checked;
}

impl FromStr for Permission {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|permission| permission.scope() == text)
            .ok_or_else(|| UnknownName(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scope_parses_back() {
        for permission in Permission::ALL {
            assert_eq!(
                permission.scope().parse::<Permission>().unwrap(),
                *permission
            );
        }
    }

    #[test]
    fn only_an_admin_touches_users_audit_and_plain_secrets() {
        for permission in [
            Permission::WriteUsers,
            Permission::ReadAudit,
            Permission::RevealCredentials,
            Permission::AdminSessions,
        ] {
            assert!(Role::Admin.may(permission));
            assert!(!Role::Operator.may(permission));
        }
    }

    #[test]
    fn a_viewer_only_reads() {
        let written: Vec<_> = Permission::ALL
            .iter()
            .filter(|p| Role::Viewer.may(**p))
            .map(|p| p.scope())
            .filter(|scope| !scope.ends_with(":read") && *scope != "account")
            .collect();
        assert!(written.is_empty(), "{written:?}");
    }
}
