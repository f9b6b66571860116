//! The settings of this service.

use std::path::PathBuf;

use service_kit::config::{BadSettings, Common, Env, Profile};

const PORT: u16 = 3004;

/// All settings.
#[derive(Clone, Debug)]
pub struct Config {
    /// What every service has; `PORT` defaults to 3004.
    pub common: Common,
    /// Where the key-encryption keys come from.
    pub keys: KeySources,
    /// `CREDENTIALS_ALLOW_REVEAL`, default `true` outside the production profile: whether an admin
    /// may read the data of a credential.
    pub reveal: Reveal,
}

/// Files of the key-encryption keys, newest first in each. Without one the service stays sealed.
#[derive(Clone, Debug, Default)]
pub struct KeySources {
    /// `KEK_FILE`: 32 raw bytes, or one key a line in hex or base64.
    pub kek_file: Option<PathBuf>,
    /// `KEK_PASSPHRASE_FILE`: one passphrase a line.
    pub passphrase_file: Option<PathBuf>,
}

/// Whether an admin may read the data of a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reveal {
    /// With a reason, which is recorded.
    Allowed,
    /// Never.
    Forbidden,
}

impl Config {
    /// Reads them.
    ///
    /// # Errors
    /// Everything that is wrong, at once.
    pub fn from_env(env: &mut Env) -> Result<Self, BadSettings> {
        let common = Common::read(env, PORT);
        let keys = KeySources {
            kek_file: env.optional("KEK_FILE"),
            passphrase_file: env.optional("KEK_PASSPHRASE_FILE"),
        };
        let default = common.profile != Profile::Production;
        let reveal = if env.or("CREDENTIALS_ALLOW_REVEAL", default) {
            Reveal::Allowed
        } else {
            Reveal::Forbidden
        };
        env.finish()?;
        Ok(Self {
            common,
            keys,
            reveal,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(vars: &[(&str, &str)]) -> Result<Config, BadSettings> {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Config::from_env(&mut Env::of(vars.iter().map(owned)))
    }

    #[test]
    fn production_reveals_nothing_unless_told_to() {
        assert_eq!(read(&[]).unwrap().reveal, Reveal::Forbidden);
        let told = [("CREDENTIALS_ALLOW_REVEAL", "true")];
        assert_eq!(read(&told).unwrap().reveal, Reveal::Allowed);
        let development = [("OPSC_PROFILE", "development")];
        assert_eq!(read(&development).unwrap().reveal, Reveal::Allowed);
    }

    #[test]
    fn a_bad_switch_is_refused() {
        let faults = read(&[("CREDENTIALS_ALLOW_REVEAL", "yes")]).unwrap_err().0;
        assert!(
            faults
                .iter()
                .all(|fault| fault.starts_with("CREDENTIALS_ALLOW_REVEAL:"))
        );
    }
}
