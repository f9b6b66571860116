// Made by "npm run types" from the API of users; changes made here are lost.
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
    "/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who did what, the newest first. */
        get: operations["list_entries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/audit/head": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The end of the chain as it stands. */
        get: operations["get_head"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/audit/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Goes through the whole log and says whether anything was changed, removed or moved. */
        get: operations["verify_log"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/bootstrap": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes the first admin, with the code that a production start without users prints. */
        post: operations["make_first_admin"];
        delete?: never;
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
    "/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists people: everybody for an admin, else only oneself. */
        get: operations["list_users"];
        put?: never;
        /** Makes a person. */
        post: operations["create_user"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A person: oneself, or anybody for an admin. */
        get: operations["get_user"];
        /** Changes a person; who is no admin may change the own address only. */
        put: operations["change_user"];
        post?: never;
        /** Removes a person and ends all sessions. */
        delete: operations["delete_user"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/{id}/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Changes the own password, which ends all other sessions; or, as admin, sets that of another
         *     person, which ends all their sessions and asks them for a password of their own.
         */
        post: operations["change_password"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/{id}/roles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Gives a person another role. */
        post: operations["set_role"];
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
        /** @description The first admin, proven by the code that the first start printed. */
        Bootstrap: {
            /** @description The code. */
            code: string;
            /** @description Mail address. */
            email: string;
            /** @description Password, 12 to 128 characters. */
            password: string;
            /** @description Name to sign in with. */
            username: string;
        };
        /** @description A new password. */
        ChangePassword: {
            /** @description The present one; needed for the own password, not allowed for another's. */
            current_password?: string | null;
            /** @description The new one, 12 to 128 characters. */
            new_password: string;
        };
        /** @description What is to be changed; what is left out stays. */
        ChangeUser: {
            /** @description Mail address. */
            email?: string | null;
            /** @description Whether the person may sign in (admin only). */
            is_active?: boolean | null;
            role?: components["schemas"]["Role"] | null;
            /** @description Name to sign in with (admin only). */
            username?: string | null;
        };
        /** @description A person to be made. */
        CreateUser: {
            /**
             * @description Mail address.
             * @example ana@example.org
             */
            email: string;
            /** @description Password to start with, 12 to 128 characters; the person is asked to change it. */
            password: string;
            /**
             * @description Role, default viewer.
             * @default viewer
             */
            role: components["schemas"]["Role"];
            /**
             * @description Name to sign in with.
             * @example ana
             */
            username: string;
        };
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
        /** @description Rows of the log. */
        EntryList: {
            /** @description The newest first. */
            entries: components["schemas"]["Record"][];
            /**
             * Format: int64
             * @description How many there are without a window.
             */
            total: number;
        };
        /** @description What is wrong, and where. */
        FaultAnswer: {
            /**
             * Format: int64
             * @description Place in the chain.
             */
            seq: number;
            /** @description What is wrong there. */
            why: string;
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
        /** @description The end of the chain. */
        HeadAnswer: {
            /** @description Its hash, in hex. */
            hash: string;
            /**
             * Format: int64
             * @description Place of the last row; 0 before the first.
             */
            seq: number;
            /** @description Ed25519 signature of this end, in base64. */
            signature?: string | null;
            /**
             * Format: date-time
             * @description When this end was signed; none until it is.
             */
            signed_at?: string | null;
        };
        /** @description The end of the chain, and what it takes to check it elsewhere. */
        HeadState: components["schemas"]["HeadAnswer"] & {
            /** @description Public key of the signature, in base64. */
            public_key: string;
            /**
             * Format: int64
             * @description Rows that are not in the chain yet.
             */
            unlinked: number;
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
        /** @description Asks users whether a password is right (service auth only). */
        PasswordCheck: {
            /** @description The password as typed. */
            password: string;
            /** @description Name to sign in with. */
            username: string;
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
        /** @description One action that somebody took or was refused. */
        Record: {
            /**
             * @description What was done.
             * @example target.created
             */
            action: string;
            /** @description User id or service name. */
            actor_id?: string | null;
            /** @description `user`, `service`, `anonymous` or `system`. */
            actor_kind: string;
            /** @description Name at that time. */
            actor_name?: string | null;
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description Facts of the change. */
            change: unknown;
            /** @description Hash of the chain up to here, in hex. */
            hash?: string | null;
            /**
             * Format: int64
             * @description Order of insertion.
             */
            id: number;
            /** @description Address of the client. */
            ip?: string | null;
            /** @description Id of the object. */
            object_id?: string | null;
            /**
             * @description Kind of the object.
             * @example target
             */
            object_kind?: string | null;
            /** @description Name of the object at that time. */
            object_name?: string | null;
            /** @description User for whom a service acted. */
            on_behalf_of?: string | null;
            /** @description `ok`, `denied` or `failed`. */
            outcome: string;
            /** @description Finds the request in the logs. */
            request_id?: string | null;
            /**
             * Format: int64
             * @description Place in the chain; none for a moment after it was written.
             */
            seq?: number | null;
            /** @description Session of the user. */
            session_id?: string | null;
            /** @description What the client said it was. */
            user_agent?: string | null;
        };
        /**
         * @description What a person is trusted with; each role includes the ones before it.
         * @enum {string}
         */
        Role: "viewer" | "operator" | "admin";
        /** @description A role to give. */
        SetRole: {
            /** @description The role. */
            role: components["schemas"]["Role"];
        };
        /**
         * @description Where a listener is in its life.
         * @enum {string}
         */
        Stage: "staged" | "serving" | "draining";
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
        /** @description A person who can sign in. */
        User: {
            /**
             * Format: date-time
             * @description When the account was made.
             */
            created_at: string;
            /**
             * @description Mail address, unique whatever its case.
             * @example ana@example.org
             */
            email: string;
            /** @description Id. */
            id: components["schemas"]["UserId"];
            /** @description Whether the person may sign in. */
            is_active: boolean;
            /** @description Whether the password is one that everybody knows. */
            must_change_password: boolean;
            /** @description What the person may do. */
            role: components["schemas"]["Role"];
            /**
             * Format: int64
             * @description Rises when tokens issued before must end.
             */
            token_version: number;
            /**
             * @description Name to sign in with, unique whatever its case.
             * @example ana
             */
            username: string;
        };
        /** @description One change of an identity, in the order in which they were committed. */
        UserChange: {
            /** @description Whether the user's sessions end as well. */
            end_sessions: boolean;
            /** @description The one session that goes on, if any. */
            keep_session?: string | null;
            /**
             * Format: int64
             * @description Position, without gaps.
             */
            seq: number;
            /**
             * Format: int64
             * @description Tokens of an older version end.
             */
            token_version: number;
            /** @description Who changed. */
            user_id: components["schemas"]["UserId"];
        };
        /** @description Changes after a position. */
        UserChanges: {
            /** @description In order; at most 500. */
            changes: components["schemas"]["UserChange"][];
        };
        /**
         * Format: int64
         * @description A person who can sign in.
         * @example 1
         */
        UserId: number;
        /** @description People. */
        UserList: {
            /**
             * Format: int64
             * @description How many there are without a window.
             */
            total: number;
            /** @description In the order of their ids. */
            users: components["schemas"]["User"][];
        };
        /** @description What a verification found. */
        Verification: {
            /**
             * Format: int64
             * @description Rows that are right, from the first on.
             */
            checked: number;
            first_fault?: components["schemas"]["FaultAnswer"] | null;
            /** @description The end of the chain. */
            head: components["schemas"]["HeadAnswer"];
            /**
             * Format: int64
             * @description Rows that are not in the chain yet.
             */
            unlinked: number;
            /** @description Whether the log is as it was written. */
            valid: boolean;
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
    list_entries: {
        parameters: {
            query?: {
                /** @description Action, or how it starts, such as `target.`. */
                action?: string;
                /** @description Id or name of who did it. */
                actor?: string;
                /** @description At this time or later (RFC 3339). */
                from?: string;
                /** @description Rows to answer with. */
                limit?: number;
                /** @description Id of the object. */
                object_id?: string;
                /** @description Kind of the object, such as `target`. */
                object_kind?: string;
                /** @description How it went. */
                outcome?: "ok" | "denied" | "failed";
                /** @description Rows to pass over. */
                skip?: number;
                /** @description Before this time (RFC 3339). */
                to?: string;
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
                    "application/json": components["schemas"]["EntryList"];
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
    get_head: {
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
                    "application/json": components["schemas"]["HeadState"];
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
    verify_log: {
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
                    "application/json": components["schemas"]["Verification"];
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
    make_first_admin: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Bootstrap"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
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
    list_users: {
        parameters: {
            query?: {
                /** @description Rows to answer with. */
                limit?: number;
                /** @description Part of a username or address, whatever its case. */
                search?: string;
                /** @description Rows to pass over. */
                skip?: number;
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
                    "application/json": components["schemas"]["UserList"];
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
    create_user: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateUser"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
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
    get_user: {
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
                    "application/json": components["schemas"]["User"];
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
    change_user: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeUser"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
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
    delete_user: {
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
    change_password: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangePassword"];
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
    set_role: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetRole"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
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
