/*
 * The hold, start, adoption, status's probe and stop, for spin.
 *
 * Covers: two starts, a stop, probes, keepers with and without an automatic
 * restart; from nothing, from a running service, and from one whose keeper was
 * killed; with FAULTS times, between any two system calls, a SIGKILL of a
 * command, a keeper or the service (or its own exit), or a stranger who removes
 * the pidfile of a running service.  Checked: at most one instance; no lost
 * stop (what ran when it began is dead when it returns, and no automatic
 * restart of it comes after); no start refused for ever (every run ends, each
 * command with an answer that was true when it was given).
 *
 * Does not cover: the rest of the tree, time limits, readiness, --no-keeper,
 * --pidfile, pids used again, a pidfile removed while its service starts, and
 * lost wakeups: a wait that ends when the world has changed stands for inotify,
 * pidfds and pauses.  The pidfile's text is left out: it decides nothing.
 *
 * A process is a loop over its phase, a system call in each step; what a kill
 * does is in die().  Steps that no other process could tell apart are one.
 * Each -D that tests/bats/95-model.bats tries breaks the protocol in one place.
 */

#ifndef FAULTS
#define FAULTS 2
#endif
#ifndef RESTARTS
#define RESTARTS 1
#endif
#ifndef PROBES
#define PROBES 1
#endif

/* Processes; 0 is nobody, and never alive. */
#define STARTER		1
#define STARTER_2	2
#define STOPPER		3
#define PROBER		4
#define MAIN		5	/* the service, from fork on */
#define LAST_MAIN	7
#define KEEPER		8
#define LAST_KEEPER	12	/* enough for FAULTS 3 */

/* Phases.  All: */
#define DEAD		0	/* or not yet born, or done */
/* Starters and the stopper: */
#define IDLE		1
#define OPENING		2	/* take the hold: flopen(3) in three steps */
#define LOCKING		3
#define CHECKING	4
#define LOOKING		5	/* EEXIST: wait for a change */
/* Starters: */
#define FORKED		6	/* the keeper, that is */
#define WAITING		7	/* for its report */
/* The stopper: */
#define READING		8
#define SEEN		9	/* the record was read */
#define ASKED		10	/* the keeper, that is */
/* Keepers: */
#define BORN		11
#define SPAWNED		12	/* the service was forked */
#define WATCHING	15
/* Keepers and the stopper, when the service is dead: */
#define KILLED		16
#define FINISHED	17	/* and the record says so */
#define UNLINKED	18
/* The service: */
#define SETTING_UP	19
#define NAMED		13	/* it wrote the record */
#define CLEARED		14	/* and its keeper lived then: to its exec */
#define INSTANCE	20
/* The prober: */
#define SHARING		21

byte phase[LAST_KEEPER + 1];
byte held[LAST_KEEPER + 1];	/* the inode whose lock it has a copy of */
byte opened[STOPPER + 1];	/* the inode it has open without that */

/* The pidfile: inodes; 0 is none. */
#define INODES 4
byte path;			/* the one that the name means */
byte locks[INODES + 1];		/* copies of the descriptor with LOCK_EX */
byte probes[INODES + 1];	/* descriptors with LOCK_SH */
byte opens[INODES + 1];		/* all others */

/* The record. */
#define FINAL		0
#define ACTIVATING	1
#define ACTIVE		2
byte record_state, record_main, record_keeper;

byte keeper_of[STARTER_2 + 1];	/* a starter's, until it has reported */
byte news[STARTER_2 + 1];	/* the byte in the starter's pipe */
#define STARTED		1
#define FAILED		2
byte parent_of[LAST_MAIN + 1];	/* up to exec: its keeper, if that lives */
byte keeper_named[LAST_MAIN + 1]; /* the keeper that its record names */
byte starter_of[LAST_KEEPER + 1]; /* a keeper's, until it has reported */
byte main_of[LAST_KEEPER + 1];	/* a keeper's */
bool term[LAST_KEEPER + 1];	/* SIGTERM is pending */
byte asked, seen;		/* what the stopper read in the record */

byte faults = FAULTS, restarts, probes_left = PROBES;

bool doomed[LAST_KEEPER + 1];	/* what the stop is about */

#define alive(p) (phase[p] != DEAD)

/* These are of no step but the one that sets them. */
hidden byte i, n;
hidden byte at_most_one_instance, no_stop_is_lost, no_answer_is_a_lie,
    every_command_ends, record_names_the_instance;

/* So that spin says which. */
#define check(property, condition) property = (condition); assert(property)

/* The kernel. */

inline drop_lock(p)
{
	if
	:: held[p] != 0 -> locks[held[p]]--; held[p] = 0
	:: else
	fi
}

inline close_file(p)
{
	if
	:: opened[p] != 0 -> opens[opened[p]]--; opened[p] = 0
	:: else
	fi
}

/* The first inode that nobody uses, when there is no file. */
inline open_file(p)
{
	if
	:: path == 0 ->
		path = 1;
		do
		:: locks[path] + probes[path] + opens[path] > 0 -> path++
		:: else -> break
		od;
		assert(path <= INODES)
	:: else
	fi;
	opened[p] = path;
	opens[path]++
}

inline unlink_own(p)
{
	if
	:: path == held[p] -> path = 0
	:: else
	fi
}

inline die(p)
{
	drop_lock(p);
	if
	:: p <= STOPPER -> close_file(p)
	:: MAIN <= p && p < KEEPER ->
		parent_of[p] = 0;
		keeper_named[p] = 0;
		doomed[p] = false
	:: KEEPER <= p ->
		for (i : MAIN .. LAST_MAIN) {
			if
			:: parent_of[i] == p -> parent_of[i] = 0
			:: else
			fi
		};
		starter_of[p] = 0;
		main_of[p] = 0;
		term[p] = false;
		doomed[p] = false
	fi;
	phase[p] = DEAD
}

#define can_lock(inode) (locks[inode] + probes[inode] == 0)

inline try_lock(p)
{
	if
	:: can_lock(opened[p]) ->
		held[p] = opened[p];
		locks[held[p]] = 1;
		phase[p] = CHECKING
	:: else -> phase[p] = LOOKING
	fi;
	close_file(p)
}

inline inherit_lock(child, p)
{
	held[child] = held[p];
	locks[held[child]]++
}

inline write_record(state, main, keeper)
{
	record_state = state;
	record_main = main;
	record_keeper = keeper
}

/* A pid that nobody has and nobody knows. */
inline spawn(k)
{
	n = MAIN;
	do
	:: alive(n) || n == record_main || n == seen ||
	    n == main_of[KEEPER] || n == main_of[KEEPER + 1] ||
	    n == main_of[KEEPER + 2] || n == main_of[KEEPER + 3] ||
	    n == main_of[KEEPER + 4] -> n++
	:: else -> break
	od;
	assert(n <= LAST_MAIN);
	phase[n] = SETTING_UP;
	inherit_lock(n, k);
	parent_of[n] = k;
	keeper_named[n] = k;
	doomed[n] = doomed[k];
	main_of[k] = n;
	phase[k] = SPAWNED
}

/* The service, from fork to exec.  What it runs then is no matter of ours. */
proctype Main(byte m)
{
end:	do
#ifdef RECORD_AFTER_EXEC
	:: d_step { phase[m] == SETTING_UP -> phase[m] = NAMED }
#else
	:: d_step { phase[m] == SETTING_UP ->
		write_record(ACTIVATING, m, keeper_named[m]);
		phase[m] = NAMED
	   }
#endif
	:: d_step { phase[m] == NAMED && parent_of[m] != 0 ->
		phase[m] = CLEARED
	   }
	:: d_step { phase[m] == NAMED && parent_of[m] == 0 -> die(m) }
	:: d_step { phase[m] == CLEARED ->
		for (i : MAIN .. LAST_MAIN) {
			check(at_most_one_instance, phase[i] != INSTANCE)
		}
		phase[m] = INSTANCE;
		parent_of[m] = 0;
		drop_lock(m)			/* close-on-exec */
	   }
#ifdef PUBLISH_UNLINKS
	/* What pidfile_write(3) does when it cannot write. */
	:: d_step { phase[m] == SETTING_UP && faults > 0 ->
		faults--;
		unlink_own(m);
		die(m)
	   }
#endif
	od
}

inline report(k, what)
{
	if
	:: alive(starter_of[k]) ->
		news[starter_of[k]] = what
	:: else
	fi;
	starter_of[k] = 0
}

proctype Keeper(byte k)
{
end:	do
	:: d_step { phase[k] == BORN && main_of[k] == 0 -> spawn(k) }
	:: d_step { phase[k] == BORN && main_of[k] != 0 ->	/* adopt */
		write_record(ACTIVE, main_of[k], k);
		report(k, STARTED);
		phase[k] = WATCHING
	   }
	:: d_step { phase[k] == SPAWNED && phase[main_of[k]] == INSTANCE ->
		write_record(ACTIVE, main_of[k], k);
		report(k, STARTED);
		phase[k] = WATCHING
	   }
	:: d_step { phase[k] == SPAWNED && !alive(main_of[k]) ->
		phase[k] = KILLED
	   }
	:: d_step { (phase[k] == SPAWNED || phase[k] == WATCHING) && term[k] ->
		n = main_of[k];
		die(n);
		phase[k] = KILLED
	   }
	:: d_step { phase[k] == WATCHING && !term[k] && !alive(main_of[k]) ->
		if
		:: restarts > 0 -> restarts--; spawn(k)
		:: else -> phase[k] = KILLED
		fi
	   }
	:: d_step { phase[k] == KILLED ->
		write_record(FINAL, 0, 0);
		report(k, FAILED);
		main_of[k] = 0;
		phase[k] = FINISHED
	   }
#ifdef UNLINK_AFTER_UNLOCK
	:: d_step { phase[k] == FINISHED ->
		drop_lock(k);
		phase[k] = UNLINKED
	   }
	:: d_step { phase[k] == UNLINKED -> path = 0; die(k) }
#else
	:: d_step { phase[k] == FINISHED ->
		unlink_own(k);
		phase[k] = UNLINKED
	   }
	:: d_step { phase[k] == UNLINKED -> die(k) }
#endif
	od
}

/* Under the hold: a keeper, for what the record names if that is alive. */
inline fork_keeper(p)
{
	n = KEEPER;
	do
	:: alive(n) || n == record_keeper || n == asked ||
	    n == keeper_of[STARTER] || n == keeper_of[STARTER_2] -> n++
	:: else -> break
	od;
	assert(n <= LAST_KEEPER);
	phase[n] = BORN;
	inherit_lock(n, p);
	starter_of[n] = p;
	keeper_of[p] = n;
	if
	:: alive(record_main) ->
		main_of[n] = record_main;
		doomed[n] = doomed[record_main]
	:: else
	fi;
	phase[p] = FORKED
}

inline answer(p)
{
	keeper_of[p] = 0;
	news[p] = 0;
	die(p)
}

/*
 * Before its exec what the record names may still end without a word.  And
 * without a keeper it is to get one: look again until the hold can be taken.
 */
#ifdef RUNS_BEFORE_EXEC
#define says_running (record_state != FINAL && alive(record_main))
#else
#define says_running \
	(record_state == ACTIVE && alive(record_main) && alive(record_keeper))
#endif

proctype Starter(byte p)
{
end:	do
	/* They are alike: the second is the one that begins later. */
	:: d_step { phase[p] == IDLE &&
	    (p == STARTER || phase[STARTER] != IDLE) ->
		open_file(p);
		phase[p] = LOCKING
	   }
	:: d_step { phase[p] == OPENING ->
		open_file(p);
		phase[p] = LOCKING
	   }
	:: d_step { phase[p] == LOCKING -> try_lock(p) }
	:: d_step { phase[p] == CHECKING ->
		if
#ifndef NO_RECHECK
		:: path != held[p] -> drop_lock(p); phase[p] = OPENING
#endif
		/* The pidfile was removed under its keeper. */
		:: path == held[p] && alive(record_keeper) ->
			drop_lock(p);
			phase[p] = LOOKING
		:: else -> fork_keeper(p)
		fi
	   }
#ifdef PROBE_IS_HOLDER
	:: d_step { phase[p] == LOOKING ->
#else
	/* A probe, a start, a stop, or a keeper that is not yet known or soon
	 * gone: each of these ends. */
	:: d_step { phase[p] == LOOKING && !says_running &&
#ifndef LOOK_WITHOUT_WAITING
	    can_lock(path) && !alive(record_keeper) &&
#endif
	    true ->
		phase[p] = OPENING
	   }
	:: d_step { phase[p] == LOOKING && says_running ->
#endif
		check(no_answer_is_a_lie, phase[record_main] == INSTANCE);
		answer(p)
	   }
	:: d_step { phase[p] == FORKED ->
#ifndef START_KEEPS_LOCK
		drop_lock(p);
#endif
		phase[p] = WAITING
	   }
	:: d_step { phase[p] == WAITING && news[p] != 0 ->
		/* Without a fault or a stop no start fails. */
		check(no_answer_is_a_lie, news[p] == STARTED ||
		    faults < FAULTS || phase[STOPPER] != IDLE);
		answer(p)
	   }
	/* The keeper was killed: adopt what it has left, or start. */
	:: d_step { phase[p] == WAITING && news[p] == 0 &&
	    !alive(keeper_of[p]) ->
		keeper_of[p] = 0;
		phase[p] = OPENING
	   }
	od
}

/* What runs or was told to run, and the keepers that would restart it. */
inline begin_stop()
{
	for (i : MAIN .. LAST_MAIN) {
		doomed[i] = (phase[i] == INSTANCE || phase[i] == CLEARED ||
		    phase[i] == NAMED)
	}
	for (i : KEEPER .. LAST_KEEPER) {
		doomed[i] = alive(i) &&
		    (starter_of[i] == 0 || doomed[main_of[i]])
	}
}

inline end_stop()
{
	for (i : KEEPER .. LAST_KEEPER) {
		check(no_stop_is_lost, !doomed[i] || phase[i] >= KILLED);
		doomed[i] = false
	}
	for (i : MAIN .. LAST_MAIN) {
		check(no_stop_is_lost, !doomed[i])
	}
	asked = 0;
	seen = 0;
	die(STOPPER)
}

inline read_record()
{
	if
	:: record_state == FINAL -> end_stop()
	:: else ->
		asked = record_keeper;
#if defined(STOP_WITHOUT_HOLD) || defined(STOP_TRUSTS_OLD_RECORD)
		seen = record_main;
#endif
		phase[STOPPER] = SEEN
	fi
}

proctype Stopper()
{
end:	do
	:: d_step { phase[STOPPER] == IDLE -> begin_stop(); read_record() }
	:: d_step { phase[STOPPER] == READING -> read_record() }
	:: d_step { phase[STOPPER] == SEEN ->
		if
		:: alive(asked) -> term[asked] = true; phase[STOPPER] = ASKED
#ifdef STOP_TRUSTS_OLD_RECORD
		:: !alive(asked) && !alive(seen) -> end_stop()
#endif
#ifdef STOP_WITHOUT_HOLD
		:: else -> die(seen); end_stop()
#else
		:: else -> asked = 0; phase[STOPPER] = OPENING
#endif
		fi
	   }
	:: d_step { phase[STOPPER] == ASKED && !alive(asked) ->
		asked = 0;
		phase[STOPPER] = READING
	   }
	:: d_step { phase[STOPPER] == OPENING ->
		open_file(STOPPER);
		phase[STOPPER] = LOCKING
	   }
	:: d_step { phase[STOPPER] == LOCKING -> try_lock(STOPPER) }
	/* Whoever has the hold will be there to be asked, or give it up. */
	:: d_step { phase[STOPPER] == LOOKING &&
	    (can_lock(path) || alive(record_keeper)) ->
		phase[STOPPER] = READING
	   }
	:: d_step { phase[STOPPER] == CHECKING ->
		if
		:: path != held[STOPPER] ->
			drop_lock(STOPPER);
			phase[STOPPER] = OPENING
		:: path == held[STOPPER] && alive(record_keeper) ->
			drop_lock(STOPPER);
			phase[STOPPER] = READING
		:: else ->
			/* Read again: this may be another one. */
			n = record_main;
			if
			:: alive(n) -> die(n)
			:: else
			fi;
			phase[STOPPER] = KILLED
		fi
	   }
	:: d_step { phase[STOPPER] == KILLED ->
		write_record(FINAL, 0, 0);
		phase[STOPPER] = FINISHED
	   }
	:: d_step { phase[STOPPER] == FINISHED ->
		unlink_own(STOPPER);
		phase[STOPPER] = UNLINKED
	   }
	:: d_step { phase[STOPPER] == UNLINKED -> end_stop() }
	od
}

/*
 * A lock that is asked for is held for a moment.  (Opened and locked in one:
 * who is kept from an inode that lost its name meanwhile looks again anyway.)
 */
proctype Prober()
{
end:	do
	:: d_step { phase[PROBER] == IDLE && path != 0 && locks[path] == 0 ->
		probes_left--;
		held[PROBER] = path;
		probes[path]++;
		phase[PROBER] = SHARING
	   }
	:: d_step { phase[PROBER] == SHARING ->
		probes[held[PROBER]]--;
		held[PROBER] = 0;
		phase[PROBER] = (probes_left > 0 -> IDLE : DEAD)
	   }
	od
}

inline fault(p)
{
	faults--;
	if
	:: p == STOPPER ->
		for (i : MAIN .. LAST_KEEPER) {
			doomed[i] = false
		}
		asked = 0;
		seen = 0
	:: p <= STARTER_2 ->
		keeper_of[p] = 0;
		news[p] = 0
	:: else
	fi;
	die(p)
}

#define may_fail(p) (faults > 0 && phase[p] > IDLE)

proctype Killer()
{
end:	do
	:: d_step { may_fail(STARTER) -> fault(STARTER) }
	:: d_step { may_fail(STARTER_2) -> fault(STARTER_2) }
	:: d_step { may_fail(STOPPER) -> fault(STOPPER) }
	:: d_step { may_fail(KEEPER) -> fault(KEEPER) }
	:: d_step { may_fail(KEEPER + 1) -> fault(KEEPER + 1) }
	:: d_step { may_fail(KEEPER + 2) -> fault(KEEPER + 2) }
	:: d_step { may_fail(KEEPER + 3) -> fault(KEEPER + 3) }
	:: d_step { may_fail(KEEPER + 4) -> fault(KEEPER + 4) }
	:: d_step { may_fail(MAIN) -> fault(MAIN) }
	:: d_step { may_fail(MAIN + 1) -> fault(MAIN + 1) }
	:: d_step { may_fail(MAIN + 2) -> fault(MAIN + 2) }
#ifndef NO_STRANGER
	/*
	 * A stranger removes the pidfile of a service that runs.  With two more
	 * faults (its death, and its keeper's right before the exec of the
	 * next) a start adopts that before its exec, and says that it runs.
	 */
	:: d_step { faults > 0 && path != 0 && says_running ->
		faults--;
		path = 0
	   }
#endif
	od
}

/* Nothing can happen any more. */
proctype Observer()
{
	timeout;
	d_step {
		check(every_command_ends, !alive(STARTER) &&
		    !alive(STARTER_2) && !alive(STOPPER));
		for (i : MAIN .. LAST_MAIN) {
			check(record_names_the_instance,
			    phase[i] != INSTANCE || i == record_main)
		};
		i = 0
	}
}

init
{
	byte p;

	atomic {
		if
		:: restarts = 0
		:: restarts = RESTARTS
		fi;
		if
		:: true				/* nothing there */
		:: true ->			/* its keeper was killed */
			phase[MAIN] = INSTANCE;
			path = 1;
			write_record(ACTIVE, MAIN, KEEPER)
		:: true ->			/* it runs */
			phase[MAIN] = INSTANCE;
			path = 1;
			write_record(ACTIVE, MAIN, KEEPER);
			phase[KEEPER] = WATCHING;
			main_of[KEEPER] = MAIN;
			held[KEEPER] = 1;
			locks[1] = 1
		fi;
		phase[STARTER] = IDLE;
		phase[STARTER_2] = IDLE;
		phase[STOPPER] = IDLE;
		phase[PROBER] = IDLE;
		run Starter(STARTER);
		run Starter(STARTER_2);
		run Stopper();
		run Prober();
		run Killer();
		run Observer();
		for (p : KEEPER .. LAST_KEEPER) {
			run Keeper(p)
		}
		for (p : MAIN .. LAST_MAIN) {
			run Main(p)
		}
		p = 0
	}
}
