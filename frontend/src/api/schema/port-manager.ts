// Made by "npm run types" from the API of port-manager; changes made here are lost.
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
    "/api/health/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tells how the port manager is. */
        get: operations["get_api_health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/health/detailed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tells how the port manager is, with numbers of the default suite. */
        get: operations["get_detailed_health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ports/{port}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Takes a port away from the service that has it. */
        delete: operations["release_port"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ports/{port}/available": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tells whether a port is free, and who has it if not. */
        get: operations["is_available"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ports/apply": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes a suite what a document wishes; running services are moved. */
        post: operations["apply_ports"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ports/assign": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Gives a service a port. */
        post: operations["assign_port"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ports/assignments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the ports of a suite. */
        get: operations["list_assignments"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ports/assignments/{service_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tells the port of a service. */
        get: operations["get_assignment"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ports/available": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Finds free ports, lowest first. */
        get: operations["get_available"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ports/backup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Keeps the present state of a suite. */
        post: operations["create_backup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ports/backups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists backups, newest first. */
        get: operations["list_backups"];
        put?: never;
        /** Keeps a backup file that comes from elsewhere; it can be restored then. */
        post: operations["import_backup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ports/backups/{backup_file}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Sends a backup as a file. */
        get: operations["get_backup"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ports/bulk-update": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Gives many services their ports; swaps work. */
        post: operations["update_ports"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ports/changes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the last moves of services. */
        get: operations["list_changes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ports/changes/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tells how far a move is, or what became of it. */
        get: operations["get_change"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ports/conflicts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists what is wrong now, worst first. */
        get: operations["list_conflicts"];
        /** Acknowledges or suppresses a conflict, or takes that back. */
        put: operations["note_conflict"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ports/conflicts/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists what was wrong at some time, newest first; what is over comes last. */
        get: operations["list_conflict_history"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ports/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists what changed after a number. */
        get: operations["list_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ports/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Writes the ports of a suite as a YAML document, to be kept with code and applied again. */
        get: operations["export_ports"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ports/history/{service_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tells which ports a service had. */
        get: operations["get_history"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ports/listeners": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists who listens on this machine, as of the last look. */
        get: operations["list_listeners"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ports/plan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Shows what a document would change: declared, assigned and listening side by side. The body is YAML;
         *     a backup file is a document, too.
         */
        post: operations["plan_ports"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ports/reassign": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Moves a service to another port; a running one is told, and has to prove that it has moved. */
        post: operations["reassign_port"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ports/reserve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Keeps a port free. */
        post: operations["reserve_port"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ports/reserve/{port}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Gives a reserved port free. */
        delete: operations["release_reservation"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ports/reserved": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists reserved ports. */
        get: operations["list_reservations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ports/reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Gives each service of a suite its default port. */
        post: operations["reset_ports"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ports/resolve-conflict": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Gives a service another port than the one that it cannot have. */
        post: operations["resolve_port_conflict"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ports/resolve-conflicts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Moves as little as possible so that no two services share a port. */
        post: operations["resolve_conflicts"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ports/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Brings a state back. */
        post: operations["restore_backup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ports/scan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Looks at the sockets of this machine now, and tells what is wrong. */
        post: operations["scan_now"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ports/statistics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Counts services, ports and conflicts. */
        get: operations["get_statistics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/services": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the services of a suite. */
        get: operations["list_services"];
        put?: never;
        /** Adds a service, without a port. */
        post: operations["create_service"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/services/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A service by name. */
        get: operations["get_service"];
        /** Changes a service; its port stays. */
        put: operations["change_service"];
        post?: never;
        /** Removes a service; its port is free again. */
        delete: operations["delete_service"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/services/{name}/port": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tells the port of a service. */
        get: operations["get_service_port"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/services/discover": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the names of all services: those of the suite, and those that the Hub knows beside. */
        get: operations["discover_services"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/services/health/{service_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Checks a service now. */
        get: operations["check_service"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/services/restart": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Starts a service again: through the Hub, else by asking the service itself. */
        post: operations["restart_service"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/services/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tells how all services are, as of the last checks. */
        get: operations["list_status"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/services/status/{service_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tells how a service is, as of the last check. */
        get: operations["get_status"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/suites": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists suites. */
        get: operations["list_suites"];
        put?: never;
        /** Adds a suite. */
        post: operations["create_suite"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/suites/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A suite by name. */
        get: operations["get_suite"];
        /** Changes a suite; ports that are given stay given. */
        put: operations["change_suite"];
        post?: never;
        /** Removes a suite with its services; the default one stays. */
        delete: operations["delete_suite"];
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
    "/ws/updates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Sends events as they happen over a WebSocket. Without a token in the header, the first message has to
         *     be `{"type": "auth", "token": ".."}`.
         */
        get: operations["watch_events"];
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
        /**
         * @description What is done with a service.
         * @enum {string}
         */
        Action: "keep" | "add" | "assign" | "move" | "release" | "leave";
        /** @description What was changed. */
        AppliedView: components["schemas"]["PlanView"] & {
            /** @description Backup of the state before; restoring it undoes this. */
            automatic_backup?: string | null;
        };
        /** @description What a service got. */
        AssignedPort: {
            /**
             * @description The same in words.
             * @example Assigned port 8050 to legalai-pro (previously 8000)
             */
            message: string;
            /**
             * Format: int32
             * @description Its port.
             */
            port: number;
            /** @description The service. */
            service_id: string;
            /** @description Always true. */
            success: boolean;
        };
        /** @description The ports of a suite. */
        Assignments: {
            /** @description Port of each service that has one. */
            assignments: {
                [key: string]: number;
            };
            /** @description Always true. */
            success: boolean;
            /** @description How many these are. */
            total: number;
        };
        /** @description Asks for a port. */
        AssignPort: {
            /** @description Records the port although somebody has it; that shows as a conflict. */
            force?: boolean;
            /**
             * Format: int64
             * @description The port; chosen here if there is none.
             */
            port?: number | null;
            /**
             * Format: int64
             * @description A port that would be nice; another one is chosen where it is taken.
             */
            preferred_port?: number | null;
            /** @description The service; one that is not known is added. */
            service_id?: string | null;
            /** @description The same, as some clients call it. */
            service_name?: string | null;
            /** @description Name of the suite. */
            suite?: string | null;
        };
        /** @description Whether a port is free. */
        Availability: {
            /** @description Whether anybody could have it now. */
            available: boolean;
            /** @description Who has it, in words. */
            held_by?: string | null;
        };
        /** @description Backups of a suite. */
        Backups: {
            /** @description Each of them, newest first. */
            backups: components["schemas"]["BackupView"][];
            /** @description Always true. */
            success: boolean;
        };
        /** @description A backup. */
        BackupView: {
            /** @description Whether it was made before a restore or reset. */
            automatic: boolean;
            /** @description Its name. */
            backup_file: string;
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /** @description Who made it. */
            created_by: string;
            /**
             * Format: int64
             * @description Number of the last event that it holds.
             */
            revision: number;
            /** @description SHA-256 of the document, lower-case hex. */
            sha256: string;
        };
        /** @description What the drain of the old port cost; none of it is known of a service that does not tell. */
        Certificate: {
            /**
             * Format: int32
             * @description Requests at the old port when it was told to close.
             */
            in_flight_at_switch?: number | null;
            /**
             * Format: int32
             * @description Requests that were still open when it was closed.
             */
            lost?: number | null;
        };
        /** @description A move of a service from one port to another. */
        Change: {
            /** @description Who wanted it. */
            actor: string;
            /** @description What closing the old port cost. */
            drain: components["schemas"]["Certificate"];
            /**
             * Format: date-time
             * @description When it was over.
             */
            ended_at?: string | null;
            /** @description What went wrong, if anything did. */
            fault?: string | null;
            /**
             * Format: int64
             * @description Its number.
             */
            id: number;
            /** @description How long each phase took, in milliseconds. */
            milliseconds: components["schemas"]["Durations"];
            /**
             * Format: int32
             * @description Port that it comes to.
             */
            new_port: number;
            /**
             * Format: int32
             * @description Port that it leaves.
             */
            old_port: number;
            /** @description What is done. */
            phase: components["schemas"]["Phase"];
            /** @description Why. */
            reason: string;
            /** @description Name of the service. */
            service_id: string;
            /**
             * Format: date-time
             * @description When it began.
             */
            started_at: string;
            /** @description Name of the suite. */
            suite: string;
        };
        /** @description The last moves, newest first. */
        Changes: {
            /** @description The moves. */
            changes: components["schemas"]["Change"][];
            /** @description Always true. */
            success: boolean;
        };
        /** @description What changes of a service; what is not given stays. */
        ChangeService: {
            /** @description Group that it is shown in. */
            category?: string | null;
            criticality?: components["schemas"]["Criticality"] | null;
            /** @description Services that it calls. */
            depends_on?: string[] | null;
            /** @description Path that answers 200 when it is healthy. */
            health_path?: string | null;
            /** @description Where it runs; null follows the suite. */
            host?: string | null;
            /** @description Whether its health counts for nothing. */
            maintenance?: boolean | null;
            movable?: components["schemas"]["Movable"] | null;
            /**
             * Format: int64
             * @description Process that it is; null forgets it.
             */
            pid?: number | null;
            /** @description Name for people. */
            title?: string | null;
        };
        /** @description What changes of a suite; what is not given stays. */
        ChangeSuite: {
            /** @description Host of its services; null takes the setting of the port manager. */
            host_template?: string | null;
            /** @description First port and the one after the last. */
            port_range?: number[] | null;
            /**
             * Format: int32
             * @description So many first ports are given on explicit request only.
             */
            static_band?: number | null;
            strategy?: components["schemas"]["Strategy"] | null;
            /** @description Name for people. */
            title?: string | null;
        };
        /** @description A port that changes. */
        ChangeView: {
            /**
             * Format: int32
             * @description Port after.
             */
            new_port?: number | null;
            /**
             * Format: int32
             * @description Port before.
             */
            old_port?: number | null;
            /** @description The service. */
            service_id: string;
        };
        /** @description What a check found at this moment. */
        Checked: {
            /** @description What was seen, in words. */
            detail: string;
            /** @description Whether it answers well. */
            healthy: boolean;
            /**
             * Format: int32
             * @description Its port.
             */
            port: number;
            /** @description The service. */
            service_id: string;
            /** @description Always true. */
            success: boolean;
        };
        /** @description Things that are wrong. */
        ConflictList: {
            /** @description Each of them. */
            conflicts: components["schemas"]["ConflictView"][];
            /** @description How many these are. */
            count: number;
            /** @description Always true. */
            success: boolean;
        };
        /** @description A thing that is wrong. */
        ConflictView: {
            /** @description What was seen, in words. */
            detail: string;
            /** @description The same as facts. */
            evidence: unknown;
            /** @description Names it in requests. */
            fingerprint: string;
            /**
             * Format: date-time
             * @description When it was found first.
             */
            first_seen: string;
            /**
             * Format: date-time
             * @description When it was found last.
             */
            last_seen: string;
            /** @description What that person wrote. */
            note?: string | null;
            /** @description Who acknowledged or suppressed it. */
            noted_by?: string | null;
            /**
             * Format: int32
             * @description The port, if it is about one.
             */
            port?: number | null;
            /**
             * Format: date-time
             * @description When it was over.
             */
            resolved_at?: string | null;
            /** @description The service, where it is one. */
            service?: string | null;
            /** @description The services. */
            services: string[];
            /** @description How bad. */
            severity: components["schemas"]["Severity"];
            /** @description What people think of it. */
            state: components["schemas"]["State"];
            /** @description What. */
            type: components["schemas"]["Kind"];
        };
        /** @description What a service is to be. */
        CreateService: {
            /** @description Group that it is shown in. */
            category?: string | null;
            criticality?: components["schemas"]["Criticality"] | null;
            /** @description Services that it calls. */
            depends_on?: string[] | null;
            /** @description Path that answers 200 when it is healthy. */
            health_path?: string | null;
            /** @description Where it runs. */
            host?: string | null;
            movable?: components["schemas"]["Movable"] | null;
            /**
             * Format: int64
             * @description Process that it is.
             */
            pid?: number | null;
            /** @description Its name. */
            service_id: string;
            /** @description Name of the suite. */
            suite?: string | null;
            /** @description Name for people. */
            title?: string | null;
        };
        /** @description What a suite is to be. */
        CreateSuite: {
            /** @description Host of its services. */
            host_template?: string | null;
            /** @description Its name. */
            name: string;
            /** @description First port and the one after the last. */
            port_range: number[];
            /**
             * Format: int32
             * @description So many first ports are given on explicit request only.
             */
            static_band?: number | null;
            strategy?: components["schemas"]["Strategy"] | null;
            /** @description Name for people. */
            title?: string | null;
        };
        /**
         * @description How much an interruption of a service hurts.
         * @enum {string}
         */
        Criticality: "low" | "normal" | "high" | "critical";
        /** @description How the port manager is, with numbers. */
        DetailedHealth: components["schemas"]["Health"] & {
            /** @description Things that are wrong there. */
            conflicts: number;
            /** @description Numbers of the default suite. */
            statistics: components["schemas"]["Statistics"];
            /**
             * Format: int64
             * @description How long this process has run, in seconds.
             */
            uptime_seconds: number;
        };
        /** @description Services of a suite. */
        Discovered: {
            /** @description How many these are. */
            count: number;
            /** @description Their names. */
            services: string[];
            /** @description Always true. */
            success: boolean;
            /** @description Those of them that the Hub knows and the suite does not: they have no port here. */
            unmanaged: string[];
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
        /** @description How long the phases of a move took, in milliseconds. */
        Durations: {
            /**
             * Format: int64
             * @description Until the service listened on the new port.
             */
            bind?: number | null;
            /**
             * Format: int64
             * @description From there until the old port was closed.
             */
            drain?: number | null;
            /**
             * Format: int64
             * @description From there until it was proved that it answers there.
             */
            prove?: number | null;
            /**
             * Format: int64
             * @description From there until every gateway passed requests there.
             */
            switch?: number | null;
            /**
             * Format: int64
             * @description All of it.
             */
            total?: number | null;
        };
        /** @description Events in order. */
        Events: {
            /** @description Which history the numbers belong to. */
            epoch: string;
            /** @description The events, as the WebSocket sends them. */
            events: Record<string, never>[];
            /** @description Whether older events than asked for are gone, so that everything has to be read anew. */
            gap: boolean;
            /**
             * Format: int64
             * @description Number of the last event there is.
             */
            head: number;
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
        /** @description Free ports. */
        FreePorts: {
            /**
             * Format: int32
             * @description The lowest.
             */
            port: number;
            /** @description As many as were asked for, lowest first. */
            ports?: number[] | null;
            /** @description Always true. */
            success: boolean;
        };
        /** @description A gateway, as it tells the port manager. */
        GatewayState: {
            /**
             * @description Which gateway: the same after a restart.
             * @example edge-1
             */
            gateway: string;
            serves?: components["schemas"]["MapVersion"] | null;
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
        /** @description Ports that a service had. */
        History: {
            /** @description The same with who, when and why. */
            details?: components["schemas"]["HistoryStep"][] | null;
            /** @description Its ports, oldest first. */
            history: number[];
            /** @description The service. */
            service_id: string;
            /** @description Always true. */
            success: boolean;
        };
        /** @description One of them. */
        HistoryStep: {
            /**
             * Format: date-time
             * @description When it was given.
             */
            at: string;
            /** @description Who gave it. */
            by: string;
            /**
             * Format: int32
             * @description The port.
             */
            port: number;
            /** @description Why. */
            reason: string;
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
        /** @description A backup that was kept. */
        KeptBackup: {
            /**
             * @description Its name.
             * @example port_config_backup_20261125_184056.json
             */
            backup_file: string;
            /** @description The same in words. */
            message: string;
            /** @description Always true. */
            success: boolean;
        };
        /**
         * @description What is wrong.
         * @enum {string}
         */
        Kind: "duplicate_assignment" | "system_conflict" | "foreign_listener" | "drift_not_listening" | "drift_wrong_port" | "drift_wrong_process" | "netns_mismatch" | "multi_listener_reuseport" | "wildcard_shadow" | "reserved_violation" | "out_of_pool" | "privileged_without_cap" | "ephemeral_overlap" | "ephemeral_hit" | "browser_blocked" | "stale_quarantine" | "gateway_drift";
        /** @description A service: as the document declares it, as it is assigned, where it listens. */
        LineView: {
            /** @description What is done. */
            action: components["schemas"]["Action"];
            /**
             * Format: int32
             * @description Port that it has.
             */
            assigned?: number | null;
            /**
             * Format: int32
             * @description Port of the document.
             */
            declared?: number | null;
            /** @description The same in words. */
            detail: string;
            /** @description Ports that it is known to listen on. */
            listening: number[];
            /** @description Why it cannot be done, or was not done. */
            problem?: string | null;
            /** @description The service. */
            service_id: string;
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
        /** @description Sockets that listen. */
        Listeners: {
            /** @description Each of them, by port. */
            listeners: components["schemas"]["ListenerView"][];
            /**
             * Format: date-time
             * @description When the sockets were looked at.
             */
            scanned_at?: string | null;
        };
        /** @description One of them. */
        ListenerView: {
            /** @description Address. */
            address: string;
            /**
             * Format: date-time
             * @description First look that found this process here.
             */
            first_seen: string;
            /**
             * Format: int32
             * @description Its process.
             */
            pid?: number | null;
            /**
             * Format: int32
             * @description Port.
             */
            port: number;
            /** @description Name of the program. */
            program?: string | null;
            /**
             * Format: int32
             * @description Sockets that share both.
             */
            sockets: number;
            /**
             * Format: date-time
             * @description When the process started.
             */
            started_at?: string | null;
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
        /** @description A state of the port map. */
        MapVersion: {
            /** @description History that the revision counts in; another one after the database was made anew. */
            epoch: string;
            /**
             * Format: int64
             * @description Grows with each change.
             */
            revision: number;
        };
        /** @description Answer of a delete and of other acts without a result of their own. */
        Message: {
            /**
             * @description What was done.
             * @example target web-1 deleted
             */
            message: string;
        };
        /**
         * @description How a service changes its port.
         * @enum {string}
         */
        Movable: "live" | "restart" | "manual";
        /** @description Names a service. */
        NamedService: {
            /** @description The service. */
            service_name: string;
            /** @description Name of the suite. */
            suite?: string | null;
        };
        /** @description The port that the service has now. */
        NewPort: {
            /**
             * Format: int32
             * @description The port.
             */
            new_port: number;
        };
        /** @description Says what a person thinks of a conflict. */
        NoteConflict: {
            /** @description Which one. */
            fingerprint: string;
            /** @description Why. */
            note?: string | null;
            /** @description What that person thinks. */
            state: components["schemas"]["Opinion"];
            /** @description Name of the suite. */
            suite?: string | null;
        };
        /** @description How one service is. */
        OneStatus: {
            /** @description How it is. */
            status: components["schemas"]["ServiceStatus"];
            /** @description Always true. */
            success: boolean;
        };
        /**
         * @description What a person thinks of a conflict.
         * @enum {string}
         */
        Opinion: "open" | "acknowledged" | "suppressed";
        /**
         * @description What is done of a move.
         * @enum {string}
         */
        Phase: "staged" | "bound" | "healthy" | "switched" | "drained" | "committed" | "rolling_back" | "rolled_back";
        /** @description How good a plan is. */
        PlanQuality: {
            /**
             * Format: int64
             * @description Weight of all interruptions.
             */
            cost: number;
            /** @description Whether it was only planned. */
            dry_run: boolean;
            /**
             * Format: int64
             * @description No plan can cost less.
             */
            lower_bound: number;
            /** @description Whether no plan costs less. */
            optimal: boolean;
        };
        /** @description What a document would change. */
        PlanView: {
            /** @description The same in words. */
            message: string;
            /**
             * @description Names these changes; `apply?plan=` does these and no others.
             * @example 9f86d081884c7d65
             */
            plan: string;
            /** @description Ports that become reserved. */
            reserved: number[];
            /** @description Each service of the suite or the document, by name. */
            services: components["schemas"]["LineView"][];
            /** @description Whether all of it can be done. */
            success: boolean;
            /** @description Ports that are reserved no more. */
            unreserved: number[];
        };
        /** @description A service that cannot have its port. */
        PortConflict: {
            /**
             * Format: int64
             * @description The port that it cannot have.
             */
            current_port: number;
            /** @description The service. */
            service_name: string;
            /** @description Name of the suite. */
            suite?: string | null;
        };
        /** @description Where all services of the platform are. */
        PortMap: components["schemas"]["MapVersion"] & {
            /** @description Each service. */
            services: components["schemas"]["Whereabouts"][];
        };
        /** @description What was done with a port. */
        PortMessage: {
            /** @description What was done, in words. */
            message: string;
            /**
             * Format: int32
             * @description The port.
             */
            port: number;
            /** @description Always true. */
            success: boolean;
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
        /** @description A service that was moved. */
        ReassignedPort: {
            /** @description The same in words. */
            message: string;
            /**
             * Format: int32
             * @description Port after.
             */
            new_port: number;
            /**
             * Format: int32
             * @description Port before.
             */
            old_port?: number | null;
            /** @description The service. */
            service_id: string;
            /** @description Always true. */
            success: boolean;
            /** @description How the service took it. */
            update_result: components["schemas"]["UpdateResult"];
        };
        /** @description Asks for another port. */
        ReassignPort: {
            /**
             * Format: int64
             * @description The port; the next free one if there is none.
             */
            new_port?: number | null;
            /** @description The service. */
            service_id: string;
            /** @description Name of the suite. */
            suite?: string | null;
        };
        /** @description One reservation. */
        Reservation: {
            /**
             * Format: int32
             * @description First port.
             */
            first: number;
            /**
             * Format: int32
             * @description Last port.
             */
            last: number;
            /** @description Why. */
            reason: string;
        };
        /** @description Reserved ports. */
        Reservations: {
            /** @description Each of them, lowest first. */
            reservations: components["schemas"]["Reservation"][];
            /** @description Always true. */
            success: boolean;
        };
        /** @description Asks for a reservation. */
        ReservePort: {
            /**
             * Format: int64
             * @description The port.
             */
            port: number;
            /** @description Why it is kept free. */
            reason?: string | null;
        };
        /** @description What was done, or would be. */
        Resolutions: {
            /** @description How many these are. */
            count: number;
            /** @description The plan that they come from. */
            plan: components["schemas"]["PlanQuality"];
            /** @description Each move. */
            resolutions: components["schemas"]["ResolutionView"][];
            /** @description Whether all moves were made. */
            success: boolean;
        };
        /** @description One move. */
        ResolutionView: {
            /** @description How it went, in words. */
            message: string;
            /**
             * Format: int32
             * @description Port after.
             */
            new_port: number;
            /**
             * Format: int32
             * @description Port before.
             */
            old_port?: number | null;
            /** @description Why it is needed, in words. */
            reason: string;
            /** @description The service. */
            service: string;
            /** @description Whether it was made; false in a plan. */
            success: boolean;
            /**
             * Format: int32
             * @description Moves of one wave can be made at the same time.
             */
            wave: number;
        };
        /** @description A service that starts again. */
        Restarted: {
            /** @description Who does it, in words. */
            message: string;
            /** @description The service. */
            service_id: string;
            /** @description Always true. */
            success: boolean;
        };
        /** @description Names a service. */
        RestartService: {
            /** @description The service. */
            service_id?: string | null;
            /** @description The same, as some clients call it. */
            service_name?: string | null;
            /** @description Name of the suite. */
            suite?: string | null;
        };
        /** @description What was changed, or would be. */
        Restored: {
            /** @description Backup of the state before; restoring it undoes this. */
            automatic_backup?: string | null;
            /** @description Ports that change. */
            changes: components["schemas"]["ChangeView"][];
            /** @description The same in words. */
            message: string;
            /** @description Ports that become reserved. */
            reserved: number[];
            /** @description Always true. */
            success: boolean;
            /** @description Ports that are reserved no more. */
            unreserved: number[];
        };
        /** @description Services. */
        ServiceList: {
            /** @description By name. */
            services: components["schemas"]["ServiceView"][];
            /** @description How many these are. */
            total: number;
        };
        /** @description The port of a service. */
        ServicePort: {
            /**
             * Format: int32
             * @description Its port.
             */
            port: number;
            /** @description The service. */
            service_id: string;
            /** @description Always true. */
            success: boolean;
        };
        /** @description How a service is. */
        ServiceStatus: {
            /**
             * Format: int64
             * @description How long ago that was, in seconds.
             */
            age_seconds?: number | null;
            /** @description Group that it is shown in. */
            category: string;
            /** @description What was seen, in words. */
            detail: string;
            /**
             * Format: date-time
             * @description When it was checked last.
             */
            last_checked?: string | null;
            /**
             * Format: int32
             * @description Time of the last answer, in milliseconds.
             */
            latency_ms?: number | null;
            /**
             * Format: int32
             * @description Its port.
             */
            port?: number | null;
            /** @description The service. */
            service_id: string;
            /**
             * Format: date-time
             * @description When this status began.
             */
            since?: string | null;
            /** @description How it is. */
            status: components["schemas"]["Status"];
        };
        /** @description A service. */
        ServiceView: {
            /** @description Group that it is shown in. */
            category: string;
            /** @description How much an interruption hurts. */
            criticality: components["schemas"]["Criticality"];
            /**
             * Format: int32
             * @description Port after a reset.
             */
            default_port?: number | null;
            /** @description Services that it calls. */
            depends_on: string[];
            /** @description Whether the port is its own. */
            has_claim: boolean;
            /** @description Path that answers 200 when it is healthy. */
            health_path: string;
            /** @description Where it runs; none follows the suite. */
            host?: string | null;
            /** @description Whether its health counts for nothing. */
            maintenance: boolean;
            /** @description How it changes its port. */
            movable: components["schemas"]["Movable"];
            /**
             * Format: int32
             * @description Process that registered itself as this service.
             */
            pid?: number | null;
            /**
             * Format: int32
             * @description Its port.
             */
            port?: number | null;
            /** @description Its name. */
            service_id: string;
            /** @description Name for people. */
            title: string;
        };
        /**
         * @description How bad it is.
         * @enum {string}
         */
        Severity: "low" | "medium" | "high" | "critical";
        /**
         * @description Where a listener is in its life.
         * @enum {string}
         */
        Stage: "staged" | "serving" | "draining";
        /**
         * @description What people think of a conflict.
         * @enum {string}
         */
        State: "open" | "acknowledged" | "suppressed" | "resolved";
        /** @description Numbers of a suite. */
        Statistics: {
            /** @description Ports of the range that could be given now. */
            available_ports: number;
            /** @description Services of each category. */
            categories: {
                [key: string]: number;
            };
            /** @description Things that are wrong, without suppressed ones. */
            conflicts: number;
            /** @description Services that answer well. */
            healthy_services: number;
            /** @description First port and the one after the last. */
            port_range: number[];
            /** @description Reserved ports of the range. */
            reserved_ports: number;
            /** @description Services that have a port. */
            total_services: number;
            /** @description Different ports that they have. */
            used_ports: number;
            /**
             * Format: double
             * @description Used and reserved ports of the range, in percent.
             */
            utilization_percent: number;
        };
        /**
         * @description How a service is.
         * @enum {string}
         */
        Status: "unknown" | "healthy" | "degraded" | "unhealthy" | "maintenance" | "flapping";
        /** @description How all services of a suite are. */
        StatusList: {
            /** @description How many answer. */
            healthy: number;
            /** @description Each of them. */
            statuses: components["schemas"]["ServiceStatus"][];
            /** @description Always true. */
            success: boolean;
            /** @description How many these are. */
            total: number;
            /** @description How many do not, or were not checked yet. */
            unhealthy: number;
        };
        /**
         * @description How a port is chosen where none is asked for.
         * @enum {string}
         */
        Strategy: "hash" | "lowest";
        /** @description Suites. */
        SuiteList: {
            /** @description By name. */
            suites: components["schemas"]["SuiteView"][];
            /** @description How many these are. */
            total: number;
        };
        /** @description Numbers of a suite. */
        SuiteStatistics: {
            /** @description The numbers. */
            statistics: components["schemas"]["Statistics"];
            /** @description Always true. */
            success: boolean;
        };
        /** @description A suite. */
        SuiteView: {
            /** @description Host of its services, with `{service_id}`; none takes the setting of the port manager. */
            host_template?: string | null;
            /** @description Its name. */
            name: string;
            /** @description First port and the one after the last. */
            port_range: number[];
            /**
             * Format: int32
             * @description So many first ports are given on explicit request only.
             */
            static_band: number;
            /** @description How a port is chosen. */
            strategy: components["schemas"]["Strategy"];
            /** @description Name for people. */
            title: string;
        };
        /** @description What became of one. */
        UpdatedPort: {
            /** @description What happened, in words. */
            message: string;
            /**
             * Format: int32
             * @description Port that was asked for.
             */
            new_port: number;
            /**
             * Format: int32
             * @description Port before.
             */
            old_port?: number | null;
            /** @description The service. */
            service_id: string;
            /** @description Whether it was done. */
            success: boolean;
        };
        /** @description What became of each. */
        UpdatedPorts: {
            /** @description How many were not. */
            failed: number;
            /** @description Each of them. */
            results: components["schemas"]["UpdatedPort"][];
            /** @description Whether all were done. */
            success: boolean;
            /** @description How many were done. */
            successful: number;
            /** @description How many were asked for. */
            total: number;
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
        /** @description Asks for many ports. */
        UpdatePorts: {
            /** @description Name of the suite. */
            suite?: string | null;
            /** @description Port of each service. */
            updates: {
                [key: string]: number;
            };
        };
        /** @description How the service itself took a move. */
        UpdateResult: {
            /** @description Whether a running service was moved. */
            live: boolean;
            /** @description What happened, in words. */
            message: string;
            /** @description Whether the service answers on the new port. */
            success: boolean;
        };
        /** @description Where a service is. */
        Whereabouts: {
            /**
             * Format: int32
             * @description The port of its settings; a process on another one is not meant.
             * @example 3006
             */
            configured_port: number;
            /**
             * @description Its name in tokens, such as `jobs`.
             * @example jobs
             */
            name: string;
            /**
             * Format: int32
             * @description The port on which it is asked now.
             * @example 3106
             */
            port: number;
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
    get_api_health: {
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
            503: {
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
    get_detailed_health: {
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
                    "application/json": components["schemas"]["DetailedHealth"];
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
    release_port: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Port */
                port: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NamedService"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PortMessage"];
                };
            };
            /** @description the service has another port */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
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
    is_available: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Port */
                port: number;
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
                    "application/json": components["schemas"]["Availability"];
                };
            };
            400: {
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
    apply_ports: {
        parameters: {
            query?: {
                /** @description Only if this is still the plan. */
                plan?: string;
                /** @description Takes the ports of services away that the document does not name; else they stay. */
                prune?: boolean;
                /** @description Name of the suite; the document may name it, too. */
                suite?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/yaml": string;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppliedView"];
                };
            };
            /** @description ports.bad_manifest, ports.bulk_refused, request.invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description ports.plan_outdated */
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
    assign_port: {
        parameters: {
            query?: {
                /** @description Name of the suite; `itechsmart` if none is given. */
                suite?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AssignPort"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AssignedPort"];
                };
            };
            /** @description ports.port_taken, ports.port_in_use, request.invalid */
            400: {
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
    list_assignments: {
        parameters: {
            query?: {
                /** @description Name of the suite; `itechsmart` if none is given. */
                suite?: string;
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
                    "application/json": components["schemas"]["Assignments"];
                };
            };
            404: {
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
    get_assignment: {
        parameters: {
            query?: {
                /** @description Name of the suite; `itechsmart` if none is given. */
                suite?: string;
            };
            header?: never;
            path: {
                /** @description Service */
                service_id: string;
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
                    "application/json": components["schemas"]["ServicePort"];
                };
            };
            404: {
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
    get_available: {
        parameters: {
            query?: {
                /** @description How many; the answer then has `ports`. */
                count?: number;
                /** @description Lowest one. */
                start_port?: number;
                /** @description Name of the suite. */
                suite?: string;
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
                    "application/json": components["schemas"]["FreePorts"];
                };
            };
            /** @description ports.no_free_port */
            404: {
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
    create_backup: {
        parameters: {
            query?: {
                /** @description Name of the file, without a path; made up if there is none. */
                backup_file?: string;
                /** @description Name of the suite. */
                suite?: string;
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
                    "application/json": components["schemas"]["KeptBackup"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
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
    list_backups: {
        parameters: {
            query?: {
                /** @description Name of the suite; `itechsmart` if none is given. */
                suite?: string;
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
                    "application/json": components["schemas"]["Backups"];
                };
            };
            404: {
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
    import_backup: {
        parameters: {
            query?: {
                /** @description Name of the file, without a path; made up if there is none. */
                backup_file?: string;
                /** @description Name of the suite. */
                suite?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeptBackup"];
                };
            };
            /** @description ports.bad_backup */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
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
    get_backup: {
        parameters: {
            query?: {
                /** @description Name of the suite; `itechsmart` if none is given. */
                suite?: string;
            };
            header?: never;
            path: {
                /** @description Name */
                backup_file: string;
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
                    "application/json": Record<string, never>;
                };
            };
            404: {
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
    update_ports: {
        parameters: {
            query?: {
                /** @description All or none. */
                atomic?: boolean;
                /** @description Name of the suite. */
                suite?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdatePorts"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UpdatedPorts"];
                };
            };
            /** @description ports.bulk_refused */
            400: {
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
    list_changes: {
        parameters: {
            query?: {
                /** @description So many at most, newest first. */
                limit?: number;
                /** @description Only those of this service. */
                service_id?: string;
                /** @description Name of the suite; `itechsmart` if none is given. */
                suite?: string;
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
                    "application/json": components["schemas"]["Changes"];
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
    get_change: {
        parameters: {
            query?: never;
            header?: never;
            path: {
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
                    "application/json": components["schemas"]["Change"];
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
    list_conflicts: {
        parameters: {
            query?: {
                /** @description Name of the suite. */
                suite?: string;
                /** @description Adds those that somebody suppressed. */
                suppressed?: boolean;
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
                    "application/json": components["schemas"]["ConflictList"];
                };
            };
            404: {
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
    note_conflict: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NoteConflict"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConflictView"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description ports.conflict_over */
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
    list_conflict_history: {
        parameters: {
            query?: {
                /** @description Name of the suite; `itechsmart` if none is given. */
                suite?: string;
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
                    "application/json": components["schemas"]["ConflictList"];
                };
            };
            404: {
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
    list_events: {
        parameters: {
            query?: {
                /** @description Only those with a higher number. */
                after?: number;
                /** @description At most so many, up to 1,000. */
                limit?: number;
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
                    "application/json": components["schemas"]["Events"];
                };
            };
            400: {
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
    export_ports: {
        parameters: {
            query?: {
                /** @description Name of the suite; `itechsmart` if none is given. */
                suite?: string;
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
                    "application/yaml": string;
                };
            };
            404: {
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
    get_history: {
        parameters: {
            query?: {
                /** @description Adds who, when and why. */
                detail?: boolean;
                /** @description Name of the suite. */
                suite?: string;
            };
            header?: never;
            path: {
                /** @description Service */
                service_id: string;
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
                    "application/json": components["schemas"]["History"];
                };
            };
            404: {
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
    list_listeners: {
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
                    "application/json": components["schemas"]["Listeners"];
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
    plan_ports: {
        parameters: {
            query?: {
                /** @description Takes the ports of services away that the document does not name; else they stay. */
                prune?: boolean;
                /** @description Name of the suite; the document may name it, too. */
                suite?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/yaml": string;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlanView"];
                };
            };
            /** @description ports.bad_manifest, request.invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
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
    reassign_port: {
        parameters: {
            query?: {
                /** @description Name of the suite; `itechsmart` if none is given. */
                suite?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReassignPort"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReassignedPort"];
                };
            };
            /** @description ports.port_taken, ports.port_in_use, ports.move_failed, ports.same_port, ports.not_movable */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
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
    reserve_port: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReservePort"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PortMessage"];
                };
            };
            /** @description ports.already_reserved, ports.port_taken */
            400: {
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
    release_reservation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Port */
                port: number;
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
                    "application/json": components["schemas"]["PortMessage"];
                };
            };
            404: {
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
    list_reservations: {
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
                    "application/json": components["schemas"]["Reservations"];
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
    reset_ports: {
        parameters: {
            query?: {
                /** @description Shows what would change, and changes nothing. */
                dry_run?: boolean;
                /** @description Name of the suite. */
                suite?: string;
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
                    "application/json": components["schemas"]["Restored"];
                };
            };
            404: {
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
    resolve_port_conflict: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PortConflict"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewPort"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
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
    resolve_conflicts: {
        parameters: {
            query?: {
                /** @description Gives the plan only. */
                dry_run?: boolean;
                /** @description Name of the suite. */
                suite?: string;
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
                    "application/json": components["schemas"]["Resolutions"];
                };
            };
            /** @description ports.no_plan */
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
    restore_backup: {
        parameters: {
            query: {
                /** @description Name of the file. */
                backup_file: string;
                /** @description Shows what would change, and changes nothing. */
                dry_run?: boolean;
                /** @description Name of the suite. */
                suite?: string;
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
                    "application/json": components["schemas"]["Restored"];
                };
            };
            /** @description ports.bad_backup: nothing has changed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
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
    scan_now: {
        parameters: {
            query?: {
                /** @description Name of the suite; `itechsmart` if none is given. */
                suite?: string;
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
                    "application/json": components["schemas"]["ConflictList"];
                };
            };
            404: {
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
    get_statistics: {
        parameters: {
            query?: {
                /** @description Name of the suite; `itechsmart` if none is given. */
                suite?: string;
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
                    "application/json": components["schemas"]["SuiteStatistics"];
                };
            };
            404: {
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
    list_services: {
        parameters: {
            query?: {
                /** @description Name of the suite; `itechsmart` if none is given. */
                suite?: string;
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
                    "application/json": components["schemas"]["ServiceList"];
                };
            };
            404: {
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
    create_service: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateService"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServiceView"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description ports.service_taken */
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
    get_service: {
        parameters: {
            query?: {
                /** @description Name of the suite; `itechsmart` if none is given. */
                suite?: string;
            };
            header?: never;
            path: {
                /** @description Service */
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
                    "application/json": components["schemas"]["ServiceView"];
                };
            };
            404: {
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
    change_service: {
        parameters: {
            query?: {
                /** @description Name of the suite; `itechsmart` if none is given. */
                suite?: string;
            };
            header?: never;
            path: {
                /** @description Service */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeService"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServiceView"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
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
    delete_service: {
        parameters: {
            query?: {
                /** @description Name of the suite; `itechsmart` if none is given. */
                suite?: string;
            };
            header?: never;
            path: {
                /** @description Service */
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
            404: {
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
    get_service_port: {
        parameters: {
            query?: {
                /** @description Name of the suite; `itechsmart` if none is given. */
                suite?: string;
            };
            header?: never;
            path: {
                /** @description Service */
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
                    "application/json": components["schemas"]["ServicePort"];
                };
            };
            404: {
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
    discover_services: {
        parameters: {
            query?: {
                /** @description Name of the suite; `itechsmart` if none is given. */
                suite?: string;
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
                    "application/json": components["schemas"]["Discovered"];
                };
            };
            404: {
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
    check_service: {
        parameters: {
            query?: {
                /** @description Name of the suite; `itechsmart` if none is given. */
                suite?: string;
            };
            header?: never;
            path: {
                /** @description Service */
                service_id: string;
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
                    "application/json": components["schemas"]["Checked"];
                };
            };
            404: {
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
    restart_service: {
        parameters: {
            query?: {
                /** @description Name of the suite; `itechsmart` if none is given. */
                suite?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RestartService"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Restarted"];
                };
            };
            /** @description ports.not_restarted */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
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
    list_status: {
        parameters: {
            query?: {
                /** @description Name of the suite; `itechsmart` if none is given. */
                suite?: string;
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
                    "application/json": components["schemas"]["StatusList"];
                };
            };
            404: {
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
    get_status: {
        parameters: {
            query?: {
                /** @description Name of the suite; `itechsmart` if none is given. */
                suite?: string;
            };
            header?: never;
            path: {
                /** @description Service */
                service_id: string;
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
                    "application/json": components["schemas"]["OneStatus"];
                };
            };
            404: {
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
    list_suites: {
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
                    "application/json": components["schemas"]["SuiteList"];
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
    create_suite: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateSuite"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SuiteView"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description ports.suite_taken */
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
    get_suite: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Suite */
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
                    "application/json": components["schemas"]["SuiteView"];
                };
            };
            404: {
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
    change_suite: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Suite */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeSuite"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SuiteView"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
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
    delete_suite: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Suite */
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
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description ports.suite_stays */
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
    watch_events: {
        parameters: {
            query?: {
                /** @description Number of the last event that was seen. */
                after?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the connection is a WebSocket now */
            101: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description ports.foreign_origin */
            403: {
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
}
