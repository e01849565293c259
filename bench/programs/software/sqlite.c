// SQLite in memory: a table filled by a prepared statement, an index, a join, grouping, text functions and a sort.
// SQLite's source is the amalgamation that the npm package better-sqlite3 carries; no operating system is needed (SQLITE_OS_OTHER).
// bench: source node_modules/better-sqlite3/deps/sqlite3/sqlite3.c
// bench: flags -DSQLITE_OS_OTHER=1 -DSQLITE_THREADSAFE=0 -DSQLITE_TEMP_STORE=3 -DSQLITE_OMIT_LOAD_EXTENSION
// bench: flags -DSQLITE_OMIT_DEPRECATED -DSQLITE_DQS=0 -DSQLITE_DEFAULT_MEMSTATUS=0 -DSQLITE_OMIT_LOCALTIME
#include "../bench.h"
#include <sqlite3.h>

static int no_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out) {
  (void)vfs, (void)name, (void)file, (void)flags, (void)out;
  return SQLITE_CANTOPEN;
}
static int no_access(sqlite3_vfs *vfs, const char *name, int flags, int *result) {
  (void)vfs, (void)name, (void)flags;
  *result = 0;
  return SQLITE_OK;
}
static int full_name(sqlite3_vfs *vfs, const char *name, int size, char *to) {
  (void)vfs;
  sqlite3_snprintf(size, to, "%s", name);
  return SQLITE_OK;
}
static int no_delete(sqlite3_vfs *vfs, const char *name, int sync) {
  (void)vfs, (void)name, (void)sync;
  return SQLITE_IOERR_DELETE;
}
static int zeros(sqlite3_vfs *vfs, int n, char *to) {
  (void)vfs;
  memset(to, 0, (size_t)n);
  return n;
}
static int no_sleep(sqlite3_vfs *vfs, int microseconds) {
  (void)vfs;
  return microseconds;
}
static int epoch(sqlite3_vfs *vfs, double *day) {
  (void)vfs;
  *day = 2440587.5;
  return SQLITE_OK;
}

int sqlite3_os_init(void) {
  static sqlite3_vfs vfs = {.iVersion = 1, .szOsFile = 64, .mxPathname = 256, .zName = "none", .xOpen = no_file, .xDelete = no_delete,
                            .xAccess = no_access, .xFullPathname = full_name, .xRandomness = zeros, .xSleep = no_sleep, .xCurrentTime = epoch};
  return sqlite3_vfs_register(&vfs, 1);
}
int sqlite3_os_end(void) { return SQLITE_OK; }

static void check(sqlite3 *db, int status) {
  if (status == SQLITE_OK || status == SQLITE_DONE || status == SQLITE_ROW) return;
  fprintf(stderr, "sqlite: %s\n", sqlite3_errmsg(db));
  exit(1);
}

static uint64_t query(sqlite3 *db, const char *sql, uint64_t h) {
  sqlite3_stmt *statement;
  check(db, sqlite3_prepare_v2(db, sql, -1, &statement, NULL));
  while (sqlite3_step(statement) == SQLITE_ROW)
    for (int i = 0; i < sqlite3_column_count(statement); i++) {
      const char *text = (const char *)sqlite3_column_text(statement, i);
      h = bench_bytes(h, text ? text : "null", text ? strlen(text) : 4);
    }
  check(db, sqlite3_finalize(statement));
  return h;
}

static uint64_t database(uint64_t seed) {
  sqlite3 *db;
  sqlite3_stmt *insert;
  uint64_t s = seed | 1, h = seed;
  check(NULL, sqlite3_open(":memory:", &db));
  check(db, sqlite3_exec(db, "create table item(id integer primary key, name text, price real, kind int);"
                             "create table kind(id integer primary key, label text); begin;", NULL, NULL, NULL));
  check(db, sqlite3_prepare_v2(db, "insert into item(name, price, kind) values(?, ?, ?)", -1, &insert, NULL));
  for (int i = 0; i < 1500; i++) {
    char name[24];
    int n = snprintf(name, sizeof name, "item %u", bench_random(&s) >> 20);
    check(db, sqlite3_bind_text(insert, 1, name, n, SQLITE_TRANSIENT));
    check(db, sqlite3_bind_double(insert, 2, (bench_random(&s) >> 20) * 0.25));
    check(db, sqlite3_bind_int(insert, 3, (int)(bench_random(&s) % 20)));
    check(db, sqlite3_step(insert));
    check(db, sqlite3_reset(insert));
  }
  check(db, sqlite3_finalize(insert));
  check(db, sqlite3_exec(db, "with recursive n(i) as (select 0 union all select i + 1 from n where i < 19)"
                             "insert into kind select i, 'kind ' || i from n; commit;"
                             "create index by_kind on item(kind, price);", NULL, NULL, NULL));
  h = query(db, "select label, count(*), sum(price), max(name) from item join kind on kind.id = item.kind group by label order by 3", h);
  h = query(db, "select name, price from item where price between 100 and 160 and kind in (3, 5, 7) order by price desc, name", h);
  h = query(db, "select upper(substr(name, 3, 5)), length(name) from item where name like '%9%' order by name limit 50", h);
  check(db, sqlite3_exec(db, "update item set price = price * 1.5 where kind = 4; delete from item where id % 7 = 0", NULL, NULL, NULL));
  h = query(db, "select kind, avg(price) from item group by kind having count(*) > 10", h);
  check(db, sqlite3_close(db));
  return h;
}

BENCH(bench_nothing, database)
