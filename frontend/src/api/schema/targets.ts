// Made by "npm run types" from the API of targets; changes made here are lost.
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
    "/targets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists targets. */
        get: operations["list_targets"];
        put?: never;
        /** Makes a target. */
        post: operations["create_target"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/targets/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A target. */
        get: operations["get_target"];
        /** Changes a target; its accepted host keys stay. */
        put: operations["change_target"];
        post?: never;
        /** Removes a target that no other one needs; its past runs stay readable. */
        delete: operations["delete_target"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/targets/{id}/dependencies": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a target needs, and which targets need it. */
        get: operations["list_dependencies"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/targets/{id}/host-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the host keys that a target has shown or was given. */
        get: operations["list_host_keys"];
        put?: never;
        /** Trusts a host key; another one of its algorithm is replaced only on request. */
        post: operations["accept_host_key"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/targets/{id}/host-keys/{fingerprint}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Forgets a host key; `/` in its fingerprint is written `%2F` or `_`. */
        delete: operations["remove_host_key"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/targets/{id}/test-connection": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Connects, signs in and runs a command; a test that fails is answered as 200, too. */
        post: operations["test_connection"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/targets/{id}/test-winrm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The same for a WinRM target: 501, or a made-up answer where the settings say so. */
        post: operations["test_winrm"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/targets/by-name/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Removes the target of this name. */
        delete: operations["delete_target_by_name"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/targets/select": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Shows whom a selector hits, as a job with it would run on them; changes nothing. */
        post: operations["select_targets"];
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
        /** @description A host key to be trusted. */
        AcceptHostKey: {
            /**
             * @description Such as `ssh-ed25519`.
             * @example ssh-ed25519
             */
            algorithm: string;
            /** @description `SHA256:` and base64 without padding, as OpenSSH prints it. */
            fingerprint: string;
            /** @description The whole key in OpenSSH form; has to fit the fingerprint. */
            public_key?: string | null;
            /** @description Whether it takes the place of another trusted key of its algorithm. */
            replace?: boolean;
        };
        /** @description What is to be changed; what is left out stays. */
        ChangeTarget: {
            /**
             * Format: int64
             * @description Credential to sign in with; null takes it away.
             */
            credential_ref?: number | null;
            /** @description All targets that this one needs. */
            depends_on?: components["schemas"]["TargetId"][] | null;
            /** @description Host name, IPv4 or IPv6 address. */
            hostname?: string | null;
            /** @description All options and notes. */
            metadata?: Record<string, never> | null;
            /** @description Name, 1 to 100 characters. */
            name?: string | null;
            /**
             * Format: int64
             * @description TCP port.
             */
            port?: number | null;
            protocol?: components["schemas"]["Protocol"] | null;
            /** @description All labels. */
            tags?: string[] | null;
        };
        /** @description A target to be made. */
        CreateTarget: {
            credential_ref?: components["schemas"]["CredentialId"] | null;
            /** @description Targets that this one needs. */
            depends_on?: components["schemas"]["TargetId"][];
            /**
             * @description Host name, IPv4 or IPv6 address.
             * @example web-1.example.org
             */
            hostname: string;
            /** @description Options of the protocol and notes, at most 16 KiB. */
            metadata?: Record<string, never>;
            /**
             * @description Name, 1 to 100 characters.
             * @example web-1
             */
            name: string;
            /**
             * Format: int64
             * @description TCP port; the default goes by the protocol: winrm 5985, ssh 22, http 80.
             */
            port?: number | null;
            /**
             * @description Protocol, default winrm.
             * @default winrm
             */
            protocol: components["schemas"]["Protocol"];
            /** @description Labels of a-z 0-9 _ . : = - */
            tags?: string[];
        };
        /**
         * Format: int64
         * @description A stored secret of a target.
         * @example 1
         */
        CredentialId: number;
        /** @description What a test found. */
        Details: {
            /**
             * Format: double
             * @description How long the whole test took, in seconds.
             */
            connection_time: number;
            host_key?: components["schemas"]["HostKey"] | null;
            /** @description The target's name for itself; where it was not reached, the one it is stored under. */
            hostname: string;
            /** @description What was found, in words. */
            message: string;
            /** @description Operating system. */
            os?: string | null;
            /** @description The phases, each with its time; those after a failure are skipped. */
            phases: components["schemas"]["Phase"][];
            /**
             * Format: int32
             * @description Port.
             */
            port: number;
            /** @description Version of PowerShell. */
            powershellVersion?: string | null;
            /** @description Protocol. */
            protocol: components["schemas"]["Protocol"];
            /** @description Stable name of the failure. */
            reason?: string | null;
            /** @description What a person can do about a failure. */
            remedy?: string | null;
            /** @description Login shell. */
            shell?: string | null;
            /** @description How the caller proved itself on the wire, such as `ssh` or `ntlm`. */
            transport: string;
            /** @description The user that commands run as. */
            whoami?: string | null;
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
        /** @description A host key that a target has shown, or that a person has given. */
        HostKey: {
            /**
             * Format: date-time
             * @description When it was trusted.
             */
            accepted_at?: string | null;
            /** @description User id of who trusted it. */
            accepted_by?: string | null;
            /**
             * @description Such as `ssh-ed25519`.
             * @example ssh-ed25519
             */
            algorithm: string;
            /** @description `SHA256:` and base64 without padding, as OpenSSH prints it. */
            fingerprint: string;
            /**
             * Format: date-time
             * @description When it was seen or given first.
             */
            first_seen_at: string;
            /** @description The whole key in OpenSSH form, where it is known. */
            public_key?: string | null;
            /** @description What was decided about it. */
            state: components["schemas"]["KeyState"];
        };
        /** @description Host keys of a target. */
        HostKeyList: {
            /** @description Oldest first. */
            host_keys: components["schemas"]["HostKey"][];
            /** @description How many there are. */
            total: number;
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
        /**
         * @description What was decided about a host key.
         * @enum {string}
         */
        KeyState: "offered" | "pinned" | "revoked";
        /** @description How the last connection test went. */
        LastTest: {
            /**
             * Format: date-time
             * @description When it ended.
             */
            at: string;
            /** @description What was found, in words. */
            message?: string | null;
            /** @description Whether it went well. */
            ok: boolean;
            /** @description Stable name of the failure. */
            reason?: string | null;
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
        /** @description What a target needs, and who needs it. */
        Neighbours: {
            /** @description Targets that need it, by name. */
            dependents: components["schemas"]["TargetRef"][];
            /** @description Targets that it needs, by name. */
            depends_on: components["schemas"]["TargetRef"][];
        };
        /** @description One phase of a connection test. */
        Phase: {
            /** @description What was found, in words. */
            detail: string;
            /**
             * Format: int64
             * @description How long it took, in milliseconds.
             */
            ms: number;
            /** @description Which one. */
            name: components["schemas"]["PhaseName"];
            /** @description Whether it went well. */
            ok: boolean;
            /** @description Stable name of the failure. */
            reason?: string | null;
            /** @description What a person can do about a failure. */
            remedy?: string | null;
            /** @description Whether it was left out because an earlier one failed. */
            skipped: boolean;
        };
        /**
         * @description The phases in their order.
         * @enum {string}
         */
        PhaseName: "resolve" | "connect" | "host_key" | "auth" | "command";
        /** @description A host key that a person has accepted. */
        PinnedHostKey: {
            /** @description Such as `ssh-ed25519`. */
            algorithm: string;
            /** @description `SHA256:` and base64 without padding, as OpenSSH prints it. */
            fingerprint: string;
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
        /**
         * @description How a target is reached.
         * @enum {string}
         */
        Protocol: "winrm" | "ssh" | "http";
        /** @description The snapshots that were found; a name without one is unknown. */
        ResolvedTargets: {
            /** @description What the selector hits, by name. */
            selected?: components["schemas"]["SelectedTarget"][] | null;
            /** @description Sorted by name, each once. */
            targets: components["schemas"]["TargetSnapshot"][];
        };
        /** @description Asks targets for the snapshots of some names, and of those that a selector hits. */
        ResolveTargets: {
            /** @description Names; at most 1,000. */
            names: string[];
            selector?: components["schemas"]["TargetSelector"] | null;
        };
        /** @description A target that a selector hits. */
        SelectedTarget: {
            /** @description Names of the targets that it needs. */
            depends_on: string[];
            /** @description Id. */
            id: components["schemas"]["TargetId"];
            /** @description Name. */
            name: string;
        };
        /** @description Whom a selector hits. */
        Selection: {
            /** @description By name. */
            targets: components["schemas"]["SelectedTarget"][];
            /** @description How many. */
            total: number;
        };
        /**
         * @description Where a listener is in its life.
         * @enum {string}
         */
        Stage: "staged" | "serving" | "draining";
        /**
         * @description How a test ended.
         * @enum {string}
         */
        Status: "success" | "error";
        /** @description A machine or address that steps run against. */
        Target: {
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            credential_ref?: components["schemas"]["CredentialId"] | null;
            /** @description Targets that this one needs, sorted. */
            depends_on: components["schemas"]["TargetId"][];
            /**
             * @description Host name or address.
             * @example web-1.example.org
             */
            hostname: string;
            /** @description Id. */
            id: components["schemas"]["TargetId"];
            last_test?: components["schemas"]["LastTest"] | null;
            /** @description Options of the protocol and notes. */
            metadata: Record<string, never>;
            /**
             * @description The name that job definitions use.
             * @example web-1
             */
            name: string;
            /**
             * Format: int32
             * @description TCP port.
             * @example 22
             */
            port: number;
            /** @description How it is reached. */
            protocol: components["schemas"]["Protocol"];
            /**
             * @description Labels, sorted.
             * @example [
             *       "role:web"
             *     ]
             */
            tags: string[];
            /**
             * Format: date-time
             * @description When it was changed last.
             */
            updated_at: string;
        };
        /**
         * Format: int64
         * @description A machine or address that steps run against.
         * @example 1
         */
        TargetId: number;
        /** @description Targets. */
        TargetList: {
            next?: components["schemas"]["TargetId"] | null;
            /** @description In the order of their ids. */
            targets: components["schemas"]["Target"][];
            /**
             * Format: int64
             * @description How many there are without a window.
             */
            total: number;
        };
        /** @description A target by id and name. */
        TargetRef: {
            /** @description Id. */
            id: components["schemas"]["TargetId"];
            /** @description Name. */
            name: string;
        };
        /** @description Which targets are meant: exactly one of these. */
        TargetSelector: {
            /**
             * @description Those that meet a condition.
             * @example protocol = ssh and tag:role = web
             */
            filter?: string | null;
            /** @description Those of these names. */
            names?: string[] | null;
            /**
             * @description Those that have all of these labels; with `!` before it, a label that they have not.
             * @example [
             *       "role:web",
             *       "!env:dev"
             *     ]
             */
            tags?: string[] | null;
        };
        /** @description All that a step needs to know of its target, but no secret. */
        TargetSnapshot: {
            credential_id?: components["schemas"]["CredentialId"] | null;
            /** @description Host keys that may be met there. */
            host_keys?: components["schemas"]["PinnedHostKey"][];
            /** @description Host name or address. */
            hostname: string;
            /** @description Id. */
            id: components["schemas"]["TargetId"];
            /** @description Free settings of the target. */
            metadata: Record<string, never>;
            /** @description Name. */
            name: string;
            /**
             * Format: int32
             * @description Port.
             */
            port: number;
            /** @description Protocol. */
            protocol: components["schemas"]["Protocol"];
        };
        /** @description A test that has ended. */
        Test: {
            /** @description What was found. */
            details: components["schemas"]["Details"];
            /** @description How it ended. */
            status: components["schemas"]["Status"];
        };
        /** @description The answer of a connection test. */
        TestAnswer: {
            /** @description The result in a sentence. */
            message: string;
            /** @description What else is to be known, such as that the answer is made up. */
            note?: string | null;
            /** @description Whether the target can be reached and signed in to. */
            success: boolean;
            /** @description The test. */
            test: components["schemas"]["Test"];
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
    list_targets: {
        parameters: {
            query: {
                /** @description The `next` of the part before; quicker than `skip`. */
                after?: number;
                /** @description Rows to answer with. */
                limit: number;
                /** @description How they are reached. */
                protocol?: string;
                /** @description Part of name or host name, whatever its case. */
                search: string;
                /** @description Rows to pass over. */
                skip: number;
                /** @description Labels that each has; given several times, or with commas between. */
                tag: string[];
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
                    "application/json": components["schemas"]["TargetList"];
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
    create_target: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateTarget"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Target"];
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
    get_target: {
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
                    "application/json": components["schemas"]["Target"];
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
    change_target: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeTarget"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Target"];
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
    delete_target: {
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
    list_dependencies: {
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
                    "application/json": components["schemas"]["Neighbours"];
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
    list_host_keys: {
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
                    "application/json": components["schemas"]["HostKeyList"];
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
    accept_host_key: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AcceptHostKey"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HostKey"];
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
    remove_host_key: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                fingerprint: string;
                id: components["schemas"]["TargetId"];
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
    test_connection: {
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
                    "application/json": components["schemas"]["TestAnswer"];
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
    test_winrm: {
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
                    "application/json": components["schemas"]["TestAnswer"];
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
    delete_target_by_name: {
        parameters: {
            query?: never;
            header?: never;
            path: {
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
    select_targets: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TargetSelector"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Selection"];
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
