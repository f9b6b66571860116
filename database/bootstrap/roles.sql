-- Gives every service a login role that can use its own schema only; all objects belong to a role that nobody can log in as.
-- Run by an administrator, in one transaction, in every database and as often as wanted. Roles belong to the whole
-- cluster, so another database may be making the same role at this moment: losing that race is success.

DO $$
BEGIN
  -- One bootstrap of this database at a time.
  PERFORM pg_advisory_xact_lock(hashtextextended('opsconductor.bootstrap', 0));
END $$;

DO $$
DECLARE
  v_role text;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'opsc_owner') THEN
    BEGIN
      CREATE ROLE opsc_owner NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
      NULL;
    END;
  END IF;
  FOREACH v_role IN ARRAY ARRAY['opsc_auth', 'opsc_users', 'opsc_credentials', 'opsc_targets', 'opsc_jobs', 'opsc_executor', 'opsc_port_manager'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = v_role) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOREPLICATION NOBYPASSRLS', v_role);
      EXCEPTION WHEN duplicate_object OR unique_violation THEN
        NULL;
      END;
    END IF;
  END LOOP;
END $$;

-- Time limits of every session of a service.
DO $$
DECLARE
  v_role text;
  v_setting text;
  v_done boolean;
BEGIN
  FOREACH v_role IN ARRAY ARRAY['opsc_auth', 'opsc_users', 'opsc_credentials', 'opsc_targets', 'opsc_jobs', 'opsc_executor', 'opsc_port_manager'] LOOP
    FOREACH v_setting IN ARRAY ARRAY['statement_timeout=5s', 'lock_timeout=2s', 'idle_in_transaction_session_timeout=10s'] LOOP
      FOR v_round IN 1..10 LOOP
        SELECT EXISTS (
          SELECT FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = s.setrole
          WHERE r.rolname = v_role AND s.setdatabase = 0 AND v_setting = ANY (s.setconfig)
        ) INTO v_done;
        EXIT WHEN v_done;
        BEGIN
          EXECUTE format('ALTER ROLE %I SET %I = %L', v_role, split_part(v_setting, '=', 1), split_part(v_setting, '=', 2));
        EXCEPTION WHEN internal_error OR unique_violation THEN
          NULL; -- another database changed the same row: look again
        END;
      END LOOP;
    END LOOP;
  END LOOP;
END $$;

-- An administrator that is no superuser must be a member of the owner to act as it.
DO $$
BEGIN
  IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    BEGIN
      EXECUTE format('GRANT opsc_owner TO %I', current_user);
    EXCEPTION WHEN internal_error OR unique_violation THEN
      NULL;
    END;
  END IF;
END $$;

DO $$
BEGIN
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format(
    'GRANT CONNECT ON DATABASE %I TO opsc_auth, opsc_users, opsc_credentials, opsc_targets, opsc_jobs, opsc_executor, opsc_port_manager',
    current_database());
END $$;
REVOKE ALL ON SCHEMA public FROM PUBLIC;

-- CREATE SCHEMA IF NOT EXISTS would print a notice each time.
DO $$
DECLARE
  v_schema text;
BEGIN
  FOREACH v_schema IN ARRAY ARRAY['migration', 'audit', 'users', 'auth', 'credentials', 'targets', 'jobs', 'runs', 'ports'] LOOP
    IF NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = v_schema) THEN
      EXECUTE format('CREATE SCHEMA %I AUTHORIZATION opsc_owner', v_schema);
    END IF;
  END LOOP;
END $$;
COMMENT ON SCHEMA migration IS 'Which migrations this database has.';
COMMENT ON SCHEMA audit IS 'Who did what: written by every service, read by users.';
COMMENT ON SCHEMA users IS 'People, their roles and password hashes.';
COMMENT ON SCHEMA auth IS 'Sessions, tokens and signing keys.';
COMMENT ON SCHEMA credentials IS 'Encrypted credentials of targets.';
COMMENT ON SCHEMA targets IS 'Machines and how to reach them.';
COMMENT ON SCHEMA jobs IS 'Job definitions, their versions and schedules.';
COMMENT ON SCHEMA runs IS 'Runs and their steps, shared by jobs (intent) and executor (outcome).';
COMMENT ON SCHEMA ports IS 'Suites, their services, and who has which port.';

-- Ranges and addresses in one exclusion constraint need it; a trusted extension of PostgreSQL itself.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'btree_gist') THEN
    CREATE EXTENSION btree_gist WITH SCHEMA pg_catalog;
  END IF;
END $$;

-- A function is callable by nobody until a migration grants it.
ALTER DEFAULT PRIVILEGES FOR ROLE opsc_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
DO $$
DECLARE
  v_schema text;
  v_role text;
BEGIN
  FOREACH v_schema IN ARRAY ARRAY['users', 'auth', 'credentials', 'targets', 'jobs', 'ports'] LOOP
    v_role := CASE v_schema WHEN 'ports' THEN 'opsc_port_manager' ELSE 'opsc_' || v_schema END;
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', v_schema, v_role);
    EXECUTE format(
      'ALTER DEFAULT PRIVILEGES FOR ROLE opsc_owner IN SCHEMA %I GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO %I',
      v_schema, v_role);
    EXECUTE format(
      'ALTER DEFAULT PRIVILEGES FOR ROLE opsc_owner IN SCHEMA %I GRANT USAGE ON SEQUENCES TO %I',
      v_schema, v_role);
  END LOOP;
END $$;

-- In the shared schemas each table and function is granted one by one by its migration.
GRANT USAGE ON SCHEMA audit TO opsc_auth, opsc_users, opsc_credentials, opsc_targets, opsc_jobs, opsc_executor, opsc_port_manager;
GRANT USAGE ON SCHEMA runs TO opsc_jobs, opsc_executor, opsc_credentials;
GRANT USAGE ON SCHEMA targets TO opsc_credentials;
