//! The table. Each row says where its facts are from; what the vendors' documentation leaves open is as the specification
//! has it.

use std::time::Duration;

use super::{Habits, Hint, Logout, Method, Prompts, Revocation, Sign};
use crate::config::Dialect;

/// Every parameter of
/// [RP-Initiated Logout 1.0, section 2](https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RPLogout).
const BY_THE_LETTER: Logout = Logout {
    hint: Hint::Welcome,
    client_id: true,
    return_to: "post_logout_redirect_uri",
    state: true,
    logout_hint: true,
    ui_locales: true,
    method: Method::ByLength,
};

const LOGIN: Prompts = Prompts {
    asks: "login",
    selects_account: false,
};

const LOGIN_OR_SELECT: Prompts = Prompts {
    asks: "login",
    selects_account: true,
};

/// One row for each dialect but `auto`. The first row with a matching sign is the one that is recognised, so what is told
/// by the shape of an endpoint stands before what is told by a host alone.
pub static TABLE: [Habits; 12] = [
    // What holds where nothing else is known. It stays the first.
    Habits {
        dialect: Dialect::Standard,
        signs: &[],
        logout: BY_THE_LETTER,
        revocation: Revocation::Token,
        front_channel_sid_without_iss: false,
        prompts: LOGIN,
    },
    // Its `logout_hint` is a login name, which the claim `login_hint` is not.
    // https://zitadel.com/docs/guides/integrate/login/oidc/logout
    Habits {
        dialect: Dialect::Zitadel,
        signs: &[
            Sign::EndpointPathEnd("/oidc/v1/end_session"),
            Sign::IssuerBelow("zitadel.cloud"),
        ],
        logout: Logout {
            logout_hint: false,
            ..BY_THE_LETTER
        },
        revocation: Revocation::Token,
        front_channel_sid_without_iss: false,
        prompts: LOGIN_OR_SELECT,
    },
    // https://www.keycloak.org/securing-apps/oidc-layers
    Habits {
        dialect: Dialect::Keycloak,
        signs: &[Sign::EndpointPathEnd("/protocol/openid-connect/logout")],
        logout: Logout {
            logout_hint: false,
            ..BY_THE_LETTER
        },
        // Revoking a refresh token ends what this client holds of the whole user session, and in older versions of all of them.
        // https://github.com/keycloak/keycloak/issues/35486
        revocation: Revocation::Grant,
        front_channel_sid_without_iss: false,
        prompts: LOGIN,
    },
    // Cannot be told from the later ones by anything that it publishes; those answer `redirect_uri` with an error.
    // https://www.keycloak.org/docs/latest/upgrading/#openid-connect-logout
    Habits {
        dialect: Dialect::KeycloakLegacy,
        signs: &[],
        logout: Logout {
            hint: Hint::None,
            client_id: false,
            return_to: "redirect_uri",
            state: false,
            logout_hint: false,
            ui_locales: false,
            method: Method::Get,
        },
        revocation: Revocation::Grant,
        front_channel_sid_without_iss: false,
        prompts: LOGIN,
    },
    // https://auth0.com/docs/authenticate/login/logout/redirect-users-after-logout
    Habits {
        dialect: Dialect::Auth0Legacy,
        signs: &[Sign::EndpointPath("/v2/logout")],
        logout: Logout {
            hint: Hint::None,
            client_id: true,
            return_to: "returnTo",
            state: false,
            logout_hint: false,
            ui_locales: false,
            method: Method::Get,
        },
        revocation: Revocation::Token,
        front_channel_sid_without_iss: false,
        prompts: LOGIN,
    },
    // Its `logout_hint` is a session id, which the claim `login_hint` is not.
    // https://auth0.com/docs/authenticate/login/logout/log-users-out-of-auth0
    Habits {
        dialect: Dialect::Auth0,
        signs: &[Sign::EndpointPath("/oidc/logout"), Sign::IssuerBelow("auth0.com")],
        logout: Logout {
            logout_hint: false,
            ..BY_THE_LETTER
        },
        revocation: Revocation::Token,
        front_channel_sid_without_iss: false,
        prompts: LOGIN,
    },
    // https://developer.okta.com/docs/api/openapi/okta-oauth/oauth/orgas/#tag/OrgAS/operation/logout
    Habits {
        dialect: Dialect::Okta,
        signs: &[
            Sign::IssuerBelow("okta.com"),
            Sign::IssuerBelow("oktapreview.com"),
            Sign::IssuerBelow("okta-emea.com"),
        ],
        logout: Logout {
            hint: Hint::Required,
            client_id: false,
            return_to: "post_logout_redirect_uri",
            state: true,
            logout_hint: false,
            ui_locales: false,
            method: Method::ByLength,
        },
        revocation: Revocation::Token,
        front_channel_sid_without_iss: false,
        prompts: LOGIN,
    },
    // Knows the person by `logout_hint`; no ID token is asked for. It has no revocation endpoint.
    // https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc#send-a-sign-out-request
    Habits {
        dialect: Dialect::Entra,
        signs: &[
            Sign::IssuerHost("login.microsoftonline.com"),
            Sign::IssuerHost("login.microsoftonline.us"),
            Sign::IssuerHost("login.partner.microsoftonline.cn"),
            Sign::IssuerHost("sts.windows.net"),
            Sign::IssuerBelow("ciamlogin.com"),
        ],
        logout: Logout {
            hint: Hint::None,
            ..BY_THE_LETTER
        },
        revocation: Revocation::None,
        front_channel_sid_without_iss: true,
        prompts: LOGIN_OR_SELECT,
    },
    // Takes GET alone. Returns no state.
    // https://docs.aws.amazon.com/cognito/latest/developerguide/logout-endpoint.html
    Habits {
        dialect: Dialect::Cognito,
        signs: &[
            Sign::IssuerRegion("cognito-idp.", ".amazonaws.com"),
            Sign::IssuerRegion("cognito-idp.", ".amazonaws.com.cn"),
            Sign::EndpointBelow("amazoncognito.com"),
        ],
        logout: Logout {
            hint: Hint::None,
            client_id: true,
            return_to: "logout_uri",
            state: false,
            logout_hint: false,
            ui_locales: false,
            method: Method::Get,
        },
        revocation: Revocation::Token,
        front_channel_sid_without_iss: false,
        prompts: LOGIN,
    },
    // Has no end-session endpoint. Revoking one token withdraws the person's consent, and with it every token of the app.
    // https://developers.google.com/identity/protocols/oauth2/web-server#tokenrevoke
    // https://developers.google.com/identity/openid-connect/openid-connect#authenticationuriparameters
    Habits {
        dialect: Dialect::Google,
        signs: &[Sign::Issuer("https://accounts.google.com")],
        logout: BY_THE_LETTER,
        revocation: Revocation::Grant,
        front_channel_sid_without_iss: false,
        prompts: Prompts {
            asks: "select_account",
            selects_account: true,
        },
    },
    // Answers `state` or a return address without ID token with an error; ignores `client_id`.
    // https://www.ory.com/docs/oauth2-oidc/logout
    Habits {
        dialect: Dialect::Hydra,
        signs: &[Sign::EndpointPathEnd("/oauth2/sessions/logout")],
        logout: Logout {
            hint: Hint::NeededToReturn,
            client_id: false,
            logout_hint: false,
            ui_locales: false,
            ..BY_THE_LETTER
        },
        revocation: Revocation::Token,
        front_channel_sid_without_iss: false,
        prompts: LOGIN,
    },
    // Refuses an ID token that expired more than ten minutes ago. Appends the state as it is, so it must need no encoding
    // (ours is base64url) and the return address must have no query (ours has none).
    // https://sebadob.github.io/rauthy/
    Habits {
        dialect: Dialect::Rauthy,
        signs: &[
            Sign::EndpointPathEnd("/auth/v1/oidc/logout"),
            Sign::IssuerPathEnd("/auth/v1"),
        ],
        logout: Logout {
            hint: Hint::WelcomeUntil(Duration::from_secs(600)),
            logout_hint: false,
            ..BY_THE_LETTER
        },
        revocation: Revocation::Token,
        front_channel_sid_without_iss: false,
        prompts: LOGIN,
    },
];
