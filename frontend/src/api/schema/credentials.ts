// Made by "npm run types" from the API of credentials; changes made here are lost.
export interface paths {
    "/api/admin/restart": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Starts the program anew, on the same port and without refusing a connection. */
        post: operations["restart_program"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/config/update-port": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Moves the service to another port, where no port map says on which one it is. */
        post: operations["update_port"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/credentials": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists credentials by name. */
        get: operations["list_credentials"];
        put?: never;
        /** Stores a secret; it cannot be read back here. */
        post: operations["create_credential"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/credentials/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows a credential without its data. */
        get: operations["get_credential"];
        /** Changes name or description, or gives new data. */
        put: operations["update_credential"];
        post?: never;
        /** Removes a credential with its history, unless a target uses it. */
        delete: operations["delete_credential"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/credentials/{id}/access-log": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tells who got the data of a credential, when and what for. */
        get: operations["list_accesses"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/credentials/{id}/decrypt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Shows the data of a credential to an admin who has signed in lately and says why. Every use is
         *     recorded.
         */
        get: operations["reveal_credential"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/credentials/{id}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Gives a credential new data: the fields themselves, or `{"payload": {...}}`. */
        post: operations["rotate_credential"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/credentials/{id}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tells when a credential got new data, and from whom. */
        get: operations["list_versions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/credentials/by-name/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Removes the credential of this name, unless a target uses it. */
        delete: operations["delete_named_credential"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document, beside the page that shows it. */
        get: operations["get_docs_document"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the service can do its work. */
        get: operations["get_health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the service takes requests: healthy and not about to end. */
        get: operations["get_readiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/info": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the service is and which paths it serves. */
        get: operations["get_info"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Numbers for Prometheus. */
        get: operations["get_metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document. */
        get: operations["get_document"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/unseal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Opens the vault of this process with a passphrase, where no file holds the key. */
        post: operations["unseal_vault"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description One use of a value. */
        Access: {
            /** @description `user:ID`, or the service with its worker. */
            actor: string;
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /**
             * Format: int64
             * @description Order of insertion.
             */
            id: number;
            /** @description What for. */
            purpose: string;
            /**
             * Format: int64
             * @description Step of a run that asked, if any.
             */
            step_id?: number | null;
            /**
             * Format: int32
             * @description Which version.
             */
            version: number;
        };
        /** @description A page of uses. */
        AccessList: {
            /** @description Newest first. */
            accesses: components["schemas"]["Access"][];
            /**
             * Format: int64
             * @description How many there are.
             */
            total: number;
        };
        /** @description A credential that is to be made. */
        CreateCredential: {
            /**
             * @description winrm: username, password, domain?; ssh: username, password or private_key with
             *     passphrase?, become_password?; api_key: api_key, header?.
             */
            credential_data: components["schemas"]["RawData"];
            /** @description What kind of secret it is. */
            credential_type: components["schemas"]["CredentialType"];
            /** @description For people. */
            description?: string | null;
            /**
             * @description Unique name, 1 to 100 characters.
             * @example web-servers
             */
            name: string;
        };
        /** @description A credential; its data is never part of it. */
        Credential: {
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /** @description What kind of secret it is. */
            credential_type: components["schemas"]["CredentialType"];
            /** @description For people. */
            description?: string | null;
            /** @description Id. */
            id: components["schemas"]["CredentialId"];
            /**
             * @description Unique name.
             * @example web-servers
             */
            name: string;
            /**
             * Format: date-time
             * @description When a field or the version changed last.
             */
            updated_at: string;
            /**
             * Format: int32
             * @description The version in use.
             */
            version: number;
        };
        /**
         * Format: int64
         * @description A stored secret of a target.
         * @example 1
         */
        CredentialId: number;
        /** @description A page of credentials. */
        CredentialList: {
            /** @description By name. */
            credentials: components["schemas"]["Credential"][];
            /**
             * Format: int64
             * @description How many match, on all pages.
             */
            total: number;
        };
        /**
         * @description What kind of secret it is.
         * @enum {string}
         */
        CredentialType: "winrm" | "ssh" | "api_key";
        /** @description Says that something was done. */
        Done: {
            /** @description What was done. */
            message: string;
            /** @description Always true: whatever fails is a problem. */
            success: boolean;
        };
        /** @description What became of a listener that was drained. */
        Drained: {
            /**
             * Format: int64
             * @description Number of the listener.
             */
            generation: number;
            /** @description Requests that it worked on when it was told to close. */
            in_flight_at_switch: number;
            /** @description Requests that it still worked on, or that waited in the kernel, when it was given up. */
            lost: number;
            /**
             * Format: int32
             * @description The port.
             */
            port: number;
            /**
             * Format: int64
             * @description From the one to the other, in milliseconds.
             */
            waited_ms: number;
        };
        /** @description One field at fault. */
        FieldError: {
            /**
             * @description Stable name of the fault.
             * @example out_of_range
             */
            code: string;
            /**
             * @description What would be right.
             * @example must be between 1 and 65535
             */
            detail: string;
            /**
             * @description Path of the field in the body or query, such as `steps[0].target`.
             * @example port
             */
            field: string;
        };
        /** @description Answer of `GET /health`. */
        Health: {
            /** @description What it depends on, each `ok` or what is wrong. */
            checks?: {
                [key: string]: string;
            };
            /** @description Its parts and how they are, where its clients ask for that. */
            components?: {
                [key: string]: string;
            };
            /**
             * @description The service, such as `auth-service`.
             * @example auth-service
             */
            service: string;
            /**
             * @description `healthy`, or `unhealthy` with the reasons in `checks`.
             * @example healthy
             */
            status: string;
            /** @description Its version, where its clients ask for it here. */
            version?: string | null;
        };
        /** @description What the service is. */
        Info: {
            /** @description One sentence. */
            description: string;
            /** @description Paths that it serves. */
            endpoints: string[];
            /** @description Name. */
            service: string;
            /** @description Protocols that it knows. */
            supportedProtocols?: string[] | null;
            /** @description Types of objects that it knows. */
            supportedTypes?: string[] | null;
            /** @description Version. */
            version: string;
        };
        /** @description All listeners of a process, and what became of those before. */
        ListenerReport: {
            /** @description Those that were drained since the start, oldest first; the last few. */
            drained: components["schemas"]["Drained"][];
            /**
             * Format: int64
             * @description The highest epoch that it was called with.
             */
            epoch: number;
            /** @description Which process this is: another value after each start. */
            instance: string;
            /** @description Those that are open, oldest first. */
            listeners: components["schemas"]["Listening"][];
        };
        /** @description A listener as others see it. */
        Listening: {
            /**
             * Format: int64
             * @description Number of the listener within the process, from 1.
             */
            generation: number;
            /** @description Requests that it works on. */
            in_flight: number;
            /**
             * Format: int32
             * @description The port.
             */
            port: number;
            /**
             * Format: int64
             * @description Requests so far.
             */
            served: number;
            /** @description Where it is in its life. */
            stage: components["schemas"]["Stage"];
        };
        /** @description Answer of a delete and of other acts without a result of their own. */
        Message: {
            /**
             * @description What was done.
             * @example target web-1 deleted
             */
            message: string;
        };
        /** @description An order of the port manager about a port of a service. */
        PortOrder: {
            /**
             * Format: int64
             * @description Number of who leads the move; grows with each that takes over.
             */
            epoch: number;
            /**
             * Format: int32
             * @description The port.
             */
            port: number;
        };
        /** @description What went wrong, for a person (`detail`) and for a program (`code`). */
        Problem: {
            /**
             * @description Stable name of the condition.
             * @example targets.name_taken
             */
            code: string;
            /**
             * @description What happened and what would be right, in a sentence.
             * @example a target named web-1 exists already
             */
            detail: string;
            /** @description The fields that are at fault. */
            errors?: components["schemas"]["FieldError"][];
            /** @description Finds this request in the logs. */
            request_id?: string | null;
            /**
             * Format: int32
             * @description The HTTP status.
             * @example 409
             */
            status: number;
            /**
             * @description The HTTP status in words.
             * @example Conflict
             */
            title: string;
            /**
             * @description Always `about:blank`: `code` tells kinds apart.
             * @example about:blank
             */
            type: string;
        };
        /** @description Data as it came in: unchecked, wiped on drop, does not print. */
        RawData: Record<string, never>;
        /** @description An executor asks for the secret of a step that it holds. */
        ReleaseForStep: {
            /** @description The secret. */
            credential_id: components["schemas"]["CredentialId"];
            /**
             * Format: int64
             * @description The claim's fence.
             */
            epoch: number;
            /** @description The step that names it. */
            step_id: components["schemas"]["StepId"];
            /** @description The executor that holds the claim. */
            worker: string;
        };
        /** @description Targets asks for a secret to test a connection for a person. */
        ReleaseForTest: {
            /** @description The secret. */
            credential_id: components["schemas"]["CredentialId"];
            /** @description The target that is tested. */
            target_id: components["schemas"]["TargetId"];
            /** @description Name of the target, for the access log. */
            target_name: string;
        };
        /** @description An executor asks for the secret parameters of the run of a step that it holds. */
        ReleaseParcel: {
            /**
             * Format: int64
             * @description The claim's fence.
             */
            epoch: number;
            /** @description The step. */
            step_id: components["schemas"]["StepId"];
            /** @description The executor that holds the claim. */
            worker: string;
        };
        /** @description New data is in use. */
        Rotated: {
            /**
             * @description What was done.
             * @example credential web-servers rotated
             */
            message: string;
            /**
             * Format: date-time
             * @description When.
             */
            rotated_at: string;
            /**
             * Format: int32
             * @description The version that is now in use.
             */
            version: number;
        };
        /** @description Secret parameters of a run, sealed. */
        SealedParcel: {
            /**
             * Format: int64
             * @description By which they are asked for.
             */
            parcel_id: number;
        };
        /** @description Jobs gives the secret parameters of a run into keeping. */
        SealParcel: {
            /** @description Values by the names of the parameters. */
            values: Record<string, never>;
        };
        /**
         * @description Where a listener is in its life.
         * @enum {string}
         */
        Stage: "staged" | "serving" | "draining";
        /**
         * Format: int64
         * @description One step of a run on one target.
         * @example 1
         */
        StepId: number;
        /**
         * Format: int64
         * @description A machine or address that steps run against.
         * @example 1
         */
        TargetId: number;
        /** @description What opens the vault. */
        Unseal: {
            /**
             * Format: password
             * @description The passphrase; kept in memory until the process ends.
             */
            passphrase: string;
        };
        /** @description Changes of a credential; what is absent stays. */
        UpdateCredential: {
            credential_data?: components["schemas"]["RawData"] | null;
            credential_type?: components["schemas"]["CredentialType"] | null;
            /** @description For people; an empty one takes it away. */
            description?: string | null;
            /** @description Unique name, 1 to 100 characters. */
            name?: string | null;
        };
        /** @description Asks a service to move by itself, in the words of the suite's clients. */
        UpdatePort: {
            /**
             * Format: int32
             * @description Port to come to.
             */
            new_port: number;
            /**
             * Format: int32
             * @description Port that it is on.
             */
            old_port: number;
            /** @description Who asks; not looked at. */
            source?: string | null;
            /**
             * Format: int64
             * @description When it was asked, in Unix seconds; not looked at.
             */
            timestamp?: number | null;
        };
        /** @description When a value was set, and by whom. */
        Version: {
            /**
             * Format: date-time
             * @description When it was set.
             */
            created_at: string;
            /** @description Id of the user who set it. */
            created_by: string;
            /**
             * Format: int32
             * @description Counts from 1.
             */
            version: number;
        };
        /** @description A page of a history. */
        VersionList: {
            /**
             * Format: int64
             * @description How many there are.
             */
            total: number;
            /** @description Newest first. */
            versions: components["schemas"]["Version"][];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    restart_program: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"];
                };
            };
            /** @description service.no_restart */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description What went wrong (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    update_port: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdatePort"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"];
                };
            };
            /** @description ports.not_here */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description ports.led, ports.taken */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description What went wrong (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_credentials: {
        parameters: {
            query?: {
                /** @description Rows to answer with. */
                limit?: number;
                /** @description Part of the name or description, in any case. */
                search?: string;
                /** @description Rows to pass over. */
                skip?: number;
                /** @description Only this type. */
                type?: components["schemas"]["CredentialType"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CredentialList"];
                };
            };
            /** @description What went wrong (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_credential: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateCredential"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Credential"];
                };
            };
            /** @description What went wrong (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_credential: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Credential */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Credential"];
                };
            };
            /** @description What went wrong (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    update_credential: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Credential */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateCredential"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Credential"];
                };
            };
            /** @description What went wrong (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_credential: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Credential */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description What went wrong (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_accesses: {
        parameters: {
            query?: {
                /** @description Rows to answer with. */
                limit?: number;
                /** @description Rows to pass over. */
                skip?: number;
            };
            header?: never;
            path: {
                /** @description Credential */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccessList"];
                };
            };
            /** @description What went wrong (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    reveal_credential: {
        parameters: {
            query?: {
                /** @description Is recorded; the header `X-Reason` can carry it instead. */
                reason?: string;
            };
            header?: never;
            path: {
                /** @description Credential */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description {id, name, credential_type, version, credential_data} */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /** @description What went wrong (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rotate_credential: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Credential */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RawData"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Rotated"];
                };
            };
            /** @description What went wrong (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_versions: {
        parameters: {
            query?: {
                /** @description Rows to answer with. */
                limit?: number;
                /** @description Rows to pass over. */
                skip?: number;
            };
            header?: never;
            path: {
                /** @description Credential */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VersionList"];
                };
            };
            /** @description What went wrong (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_named_credential: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Name of the credential */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description What went wrong (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_docs_document: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /** @description What went wrong (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description What went wrong (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_readiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description What went wrong (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_info: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Info"];
                };
            };
            /** @description What went wrong (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description What went wrong (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_document: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /** @description What went wrong (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    unseal_vault: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Unseal"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description What went wrong (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
