//! Enums of words that are stored and sent.

/// Declares an enum of words that are stored and sent.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$word_doc])* $variant,)+ }

        impl $name {
            /// The word on the wire and in the database.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// Reads the word of the database.
            pub fn read(word: &str) -> Result<Self, sqlx::Error> {
                match word {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(sqlx::Error::Decode(format!("unknown word {word}").into())),
                }
            }
        }
    };
}
pub(crate) use words;
