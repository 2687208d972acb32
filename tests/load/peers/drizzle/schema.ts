// The tables as Drizzle's users declare them: the columns that answers have, in their order.

import { relations, sql } from "drizzle-orm";
import { bigint, boolean, customType, integer, jsonb, pgEnum, pgTable, text } from "drizzle-orm/pg-core";

const id = () => bigint({ mode: "number" }).primaryKey().generatedAlwaysAsIdentity();

/** A timestamptz as the text of an answer: Date, which Drizzle would make of it, has no microseconds. */
const moment = customType<{ data: string; driverData: string }>({
  dataType: () => "timestamp with time zone",
  fromDriver(value) {
    const time = value.slice(11, value.lastIndexOf("+"));
    return `${value.slice(0, 10)}T${time.length > 8 ? time.padEnd(15, "0") : time}Z`;
  },
});

const bytea = customType<{ data: Buffer }>({ dataType: () => "bytea" });

export const stressLevel = pgEnum("stress_level", ["low", "moderate", "high", "very_high"]);
export const experienceLevel = pgEnum("experience_level", ["first_time", "experienced", "multiple_children"]);

export const users = pgTable("users", {
  id: id(),
  username: text().notNull(),
  email: text().notNull(),
  profilePicture: text("profile_picture"),
});

export const sessions = pgTable("sessions", {
  tokenDigest: bytea("token_digest").primaryKey(),
  userId: bigint("user_id", { mode: "number" }).notNull(),
  expiresAt: moment("expires_at").notNull(),
});

export const parentProfiles = pgTable("parent_profiles", {
  id: id(),
  userId: bigint("user_id", { mode: "number" }).notNull(),
  name: text().notNull(),
  email: text(),
  stressLevel: stressLevel("stress_level").notNull(),
  experienceLevel: experienceLevel("experience_level").notNull(),
  primaryConcerns: text("primary_concerns").array().notNull(),
  supportNetwork: text("support_network").array().notNull(),
  bio: text(),
  preferredLanguage: text("preferred_language").notNull(),
  communicationPreference: text("communication_preference"),
  completedOnboarding: boolean("completed_onboarding").notNull(),
  currentOnboardingStep: integer("current_onboarding_step").notNull(),
  onboardingData: jsonb("onboarding_data").notNull(),
  lastSuggestionCheck: moment("last_suggestion_check").notNull(),
  createdAt: moment("created_at").notNull(),
  updatedAt: moment("updated_at").notNull(),
});

export const childProfiles = pgTable("child_profiles", {
  id: id(),
  parentProfileId: bigint("parent_profile_id", { mode: "number" }).notNull(),
  name: text().notNull(),
  age: integer().notNull(),
  specialNeeds: text("special_needs").array().notNull(),
  routines: jsonb().notNull(),
  developmentNotes: text("development_notes"),
  lastAssessment: moment("last_assessment"),
  createdAt: moment("created_at").notNull(),
  updatedAt: moment("updated_at").notNull(),
});

export const parentingGoals = pgTable("parenting_goals", {
  id: id(),
  parentProfileId: bigint("parent_profile_id", { mode: "number" }).notNull(),
  title: text().notNull(),
  description: text().default("").notNull(),
  category: text().notNull(),
  priority: integer().default(0).notNull(),
  status: text().default("active").notNull(),
  targetDate: moment("target_date"),
  achievedDate: moment("achieved_date"),
  createdAt: moment("created_at")
    .default(sql`now()`)
    .notNull(),
  updatedAt: moment("updated_at")
    .default(sql`now()`)
    .notNull(),
});

export const usersRelations = relations(users, ({ one }) => ({
  parentProfile: one(parentProfiles, { fields: [users.id], references: [parentProfiles.userId] }),
}));

export const parentProfilesRelations = relations(parentProfiles, ({ many }) => ({
  childProfiles: many(childProfiles),
  parentingGoals: many(parentingGoals),
}));

export const childProfilesRelations = relations(childProfiles, ({ one }) => ({
  parentProfile: one(parentProfiles, { fields: [childProfiles.parentProfileId], references: [parentProfiles.id] }),
}));

export const parentingGoalsRelations = relations(parentingGoals, ({ one }) => ({
  parentProfile: one(parentProfiles, { fields: [parentingGoals.parentProfileId], references: [parentProfiles.id] }),
}));
