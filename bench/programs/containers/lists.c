// Linked lists of allocated nodes: insertion sort by merging, reversal, filtering. Loads that wait for loads.
#include "../bench.h"

struct node {
  struct node *next;
  int32_t value;
};

static struct node *merge(struct node *a, struct node *b) {
  struct node *head = NULL, **tail = &head;
  while (a && b) {
    struct node **least = a->value <= b->value ? &a : &b;
    *tail = *least;
    tail = &(*tail)->next;
    *least = *tail;
  }
  *tail = a ? a : b;
  return head;
}

static struct node *sort(struct node *list) {
  struct node *bins[20] = {NULL};
  while (list) {
    struct node *one = list;
    list = list->next, one->next = NULL;
    int i = 0;
    for (; bins[i]; i++) one = merge(bins[i], one), bins[i] = NULL;
    bins[i] = one;
  }
  struct node *result = NULL;
  for (int i = 0; i < 20; i++) result = merge(bins[i], result);
  return result;
}

static struct node *reverse(struct node *list) {
  struct node *back = NULL;
  while (list) {
    struct node *next = list->next;
    list->next = back;
    back = list, list = next;
  }
  return back;
}

static uint64_t lists(uint64_t seed) {
  uint64_t s = seed | 1, h = 0;
  struct node *list = NULL;
  for (int i = 0; i < 4000; i++) {
    struct node *n = malloc(sizeof *n);
    n->value = (int32_t)bench_random(&s), n->next = list;
    list = n;
  }
  list = sort(list);
  for (int i = 0; i < 10; i++) list = reverse(list);
  for (struct node **p = &list; *p;) {
    struct node *n = *p;
    if (n->value & 3) {
      h = h * 31 + (uint32_t)n->value;
      p = &n->next;
    } else {
      *p = n->next;
      free(n);
    }
  }
  while (list) {
    struct node *n = list;
    list = list->next;
    free(n);
  }
  return h;
}

BENCH(bench_nothing, lists)
