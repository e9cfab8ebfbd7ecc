//! All settings of the relying party in one place.

use super::{
    ClientId, ClientSecret, Dialect, EndSessionEndpoint, IdTokenAlg, Issuer, KeyMaterial, Limits,
    LogoutSettings, LogoutTokenPolicy, PostLogoutUris, PublicUrl, RequireClaim, RolesClaim, Scopes,
    TrustedProxies,
};

/// What the relying party needs to know. The names in brackets are the variables that the reference server reads.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where people find the app, with an optional path prefix (`EXEUNT_PUBLIC_URL`, `http://localhost:3000`).
    pub public_url: PublicUrl,
    /// The provider and who we are to it.
    pub provider: ProviderSettings,
    /// Who may sign in: every one of these must hold; none: everybody (`EXEUNT_REQUIRE_CLAIM`, none).
    pub require_claims: Vec<RequireClaim>,
    /// Where a person's roles stand in the claims (`EXEUNT_ROLES_CLAIM`, `/roles`).
    pub roles_claim: RolesClaim,
    /// How long a session lives without use and altogether (`EXEUNT_IDLE_TIMEOUT`, 30 minutes;
    /// `EXEUNT_ABSOLUTE_TIMEOUT`, 12 hours).
    pub limits: Limits,
    /// How the provider's logout tokens are judged (`EXEUNT_LOGOUT_TOKEN_TYP`, `EXEUNT_LOGOUT_TOKEN_EXP`; `lenient`).
    pub logout_tokens: LogoutTokenPolicy,
    /// Where a caller of logout may ask to continue to, beyond `/logged-out` (`EXEUNT_POST_LOGOUT_URIS`, none).
    pub post_logout_uris: PostLogoutUris,
    /// By which mechanisms sessions end, and how far a sign-out goes.
    pub logout: LogoutSettings,
    /// Whose forwarding headers are believed (`EXEUNT_TRUSTED_PROXIES`, nobody's).
    pub trusted_proxies: TrustedProxies,
    /// What seals records and cookies (`EXEUNT_KEYS` or `EXEUNT_KEYS_FILE`, no default).
    pub key_material: KeyMaterial,
}

/// The OpenID Provider and who we are to it.
#[derive(Clone, Debug)]
pub struct ProviderSettings {
    /// The provider's issuer identifier (`EXEUNT_ISSUER`).
    pub issuer: Issuer,
    /// Our identifier there (`EXEUNT_CLIENT_ID`).
    pub client_id: ClientId,
    /// Our secret there; `None`: a public client, which proves itself by PKCE alone (`EXEUNT_CLIENT_SECRET` or
    /// `EXEUNT_CLIENT_SECRET_FILE`, none).
    pub client_secret: Option<ClientSecret>,
    /// What to ask for (`EXEUNT_SCOPES`, `openid profile email`).
    pub scopes: Scopes,
    /// Which of the provider's habits to allow for (`EXEUNT_DIALECT`, `auto`).
    pub dialect: Dialect,
    /// Where the provider's session is ended, used only where discovery names no endpoint
    /// (`EXEUNT_END_SESSION_ENDPOINT`, none).
    pub end_session_endpoint: Option<EndSessionEndpoint>,
    /// How ID tokens and logout tokens are signed; `None`: RS256 if the provider lists it, else its only asymmetric
    /// algorithm (`EXEUNT_ID_TOKEN_ALG`, none).
    pub id_token_alg: Option<IdTokenAlg>,
    /// Audiences that an ID token may name besides ours (`EXEUNT_TRUSTED_AUDIENCES`, none).
    pub trusted_audiences: Vec<String>,
}

impl Settings {
    /// What must be said; the rest as the reference server has it where its variable is unset.
    ///
    /// ```
    /// use exeunt::config::{KeyMaterial, ProviderSettings, Settings};
    ///
    /// # fn random() -> [u8; 32] { std::array::from_fn(|place| place as u8) }
    /// let provider = ProviderSettings::new("https://id.example".parse()?, "my-app".parse()?, None);
    /// let mut settings = Settings::new("https://app.example".parse()?, provider, KeyMaterial::from(random()));
    /// settings.roles_claim = "/realm_access/roles".parse()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn new(public_url: PublicUrl, provider: ProviderSettings, key_material: KeyMaterial) -> Self {
        Self {
            public_url,
            provider,
            require_claims: Vec::new(),
            roles_claim: RolesClaim::default(),
            limits: Limits::default(),
            logout_tokens: LogoutTokenPolicy::default(),
            post_logout_uris: PostLogoutUris::default(),
            logout: LogoutSettings::default(),
            trusted_proxies: TrustedProxies::default(),
            key_material,
        }
    }
}

impl ProviderSettings {
    /// What must be said; the rest as the reference server has it where its variable is unset.
    #[must_use]
    pub fn new(issuer: Issuer, client_id: ClientId, client_secret: Option<ClientSecret>) -> Self {
        Self {
            issuer,
            client_id,
            client_secret,
            scopes: Scopes::default(),
            dialect: Dialect::default(),
            end_session_endpoint: None,
            id_token_alg: None,
            trusted_audiences: Vec::new(),
        }
    }
}
