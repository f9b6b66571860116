// Made by "npm run types" from the API of executor; changes made here are lost.
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
    "/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tells how the worker and the queue are doing. */
        get: operations["get_status"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the executor processes of the last day. */
        get: operations["list_workers"];
        put?: never;
        post?: never;
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
        /** @description Numbers of steps. */
        QueueStats: {
            /**
             * Format: int64
             * @description Failed since the installation.
             */
            failed_steps: number;
            /**
             * Format: int64
             * @description Wait for their turn or for an executor.
             */
            queued_steps: number;
            /**
             * Format: int64
             * @description Held by an executor.
             */
            running_steps: number;
            /**
             * Format: int64
             * @description Succeeded since the installation.
             */
            succeeded_steps: number;
        };
        /**
         * @description Where a listener is in its life.
         * @enum {string}
         */
        Stage: "staged" | "serving" | "draining";
        /** @description The worker of this process, and the queue of all. */
        StatusAnswer: {
            /**
             * Format: int64
             * @description Longest wait before it looks for work, in seconds.
             */
            poll_interval: number;
            /** @description Steps of all runs. */
            queue_stats: components["schemas"]["QueueStats"];
            /** @description Whether the settings let it. */
            worker_enabled: boolean;
            /** @description Whether the worker's loop looks for work now. */
            worker_running: boolean;
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
        /** @description An executor process. */
        WorkerAnswer: {
            /** @description Whether its last heartbeat is recent enough for its claims to hold. */
            alive: boolean;
            /** @description Whether it takes no more steps. */
            draining: boolean;
            /** @description Machine that it runs on. */
            host: string;
            /** @description New with each start of the process. */
            id: string;
            /**
             * Format: date-time
             * @description Its last heartbeat.
             */
            last_seen_at: string;
            /**
             * Format: int64
             * @description Steps that it holds.
             */
            running_steps: number;
            /**
             * Format: date-time
             * @description When it started.
             */
            started_at: string;
            /** @description Version of the program. */
            version: string;
        };
        /** @description Workers, the one seen last first. */
        WorkerList: {
            /** @description How many. */
            total: number;
            /** @description The workers. */
            workers: components["schemas"]["WorkerAnswer"][];
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
    get_status: {
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
                    "application/json": components["schemas"]["StatusAnswer"];
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
    list_workers: {
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
                    "application/json": components["schemas"]["WorkerList"];
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
